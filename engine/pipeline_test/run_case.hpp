// A test case, run.
#pragma once

#include <functional>
#include <string>

#include "config/pipeline_file.hpp"
#include "pipeline_test/test_case.hpp"
#include "plugin/loaded_pipeline.hpp"

namespace penstock::engine {

using PutToTest = std::function<void(PipelineFile&, const FilePlugins&)>;
// The case's pipeline, changed.
using LoadCase = std::function<LoadedPipeline(const TestCase& test, const PutToTest& change)>;

// Sends the input through the pipeline, whose sources and sinks are replaced by files, and compares
// what came. What is wrong, in lines for people; empty when the case passed.
// `update`: writes what came into the expected files instead; where there are none, one a sink.
std::string run_case(const TestCase& test, const LoadCase& load, bool update);

}  // namespace penstock::engine
