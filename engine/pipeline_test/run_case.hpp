// A test case, run.
#pragma once

#include <functional>
#include <string>

#include "config/pipeline_file.hpp"
#include "pipeline_test/test_case.hpp"
#include "plugin/loaded_pipeline.hpp"

namespace penstock::engine {

// The case's pipeline, changed before it is checked.
using LoadCase = std::function<LoadedPipeline(const TestCase& test, const ChangeFile& change)>;

// Holds what `penstock check` says of the pipeline against what is expected, and sends the input
// through it, its sources and sinks replaced by files. What is wrong, in lines for people; empty
// when the case passed. The current folder is the case's meanwhile.
// `update`: writes what came into the expected files that differ; where there are none, one a sink.
std::string run_case(const TestCase& test, const LoadCase& load, bool update);

// The same of a text file, whose sections are updated.
std::string run_text_case(const std::string& file, const LoadCase& load, bool update);

}  // namespace penstock::engine
