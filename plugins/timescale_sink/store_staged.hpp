// By the stage (stage.hpp), where the server finds the rows that it refuses and stores all others.
// If a row is too big even for the stage, row by row.
#pragma once

#include "attempt.hpp"

namespace timescale_sink {

Attempt store_staged(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part);

}  // namespace timescale_sink
