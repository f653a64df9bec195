// A pipeline from its start to its end.
#pragma once

#include "config/pipeline_description.hpp"

namespace penstock::engine {

// Runs until SIGTERM, SIGINT or the end of all sources, then until everything accepted is
// done or `shutdown_timeout` has passed. A second signal ends the process at once.
// Returns the exit code, as in commands.hpp.
int run_pipeline(const PipelineDescription& description);

}  // namespace penstock::engine
