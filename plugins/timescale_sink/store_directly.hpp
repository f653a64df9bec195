// Into the table itself: by COPY, in one round trip, or by INSERT. One refused row fails it.
#pragma once

#include "attempt.hpp"

namespace timescale_sink {

Attempt store_directly(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part);

}  // namespace timescale_sink
