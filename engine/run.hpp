// A pipeline from its start to its end.
#pragma once

#include <functional>

#include "loaded_pipeline.hpp"

namespace penstock::engine {

// Runs until SIGTERM, SIGINT or the end of all sources, then until everything accepted is
// done or `shutdown_timeout` has passed. A second signal ends the process at once.
//
// SIGHUP loads the pipeline again with `load`. If it has problems they are logged and the running
// one goes on. If it is well, the process ends as above and begins anew with the same command line
// `argv` and process id: what is in memory only is written first, what an intake has on disk goes
// on from there.
//
// Returns the exit code, as in commands.hpp.
int run_pipeline(const PipelineDescription& description,
                 const std::function<LoadedPipeline()>& load, char** argv);

}  // namespace penstock::engine
