// A pipeline from its start to its end.
#pragma once

#include <functional>

#include "plugin/loaded_pipeline.hpp"

namespace penstock::engine {

// Exit code: something accepted is not written.
inline constexpr int kUndone = 2;

// Runs until SIGTERM, SIGINT or the end of all sources, then until everything accepted is
// done or `shutdown_timeout` has passed. A second signal at least one second after the first ends
// it at once; earlier repeats are ignored, because timeout and terminals send two.
//
// At SIGHUP, or when `penstock reload` asks, loads the pipeline again with `load`. If it has
// problems they are logged and returned, and nothing changes. If it is valid, sources that it
// leaves as they are keep their connections and intakes, and everything else is replaced once it
// has written what was on its way.
//
// Returns the exit code: 0, 1 for an error or when a source gave up, 2 when what was accepted is
// not written and is not on disk for the next start. With `asked_to_end` it is a job that is to
// come to its end, and so 2 also for what is on disk; a signal that came is told there.
int run_pipeline(LoadedPipeline loaded, const std::function<LoadedPipeline()>& load,
                 bool* asked_to_end = nullptr);

}  // namespace penstock::engine
