// Whether a pipeline's nodes can be made.
#pragma once

#include "config/pipeline_description.hpp"

namespace penstock::engine {

// Makes them as a start would, and starts the transforms, so that `penstock check` refuses what
// `penstock run` refuses; opens no intake, connects to nothing. What keeps one from being made is
// an error at its place.
void try_nodes(PipelineDescription description, Problems& problems);

}  // namespace penstock::engine
