// Each row by an INSERT of its own.
#pragma once

#include "attempt.hpp"

namespace timescale_sink {

Attempt store_row_by_row(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part);

}  // namespace timescale_sink
