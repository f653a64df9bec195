// A slice: what the pump takes from an intake at once. Its arrays point into the log; whoever
// releases them, in any thread, releases the block.
#pragma once

#include <penstock/plugin.h>

#include <cstdint>

#include "intake/shared_log.hpp"

namespace penstock::engine {

struct Range;

struct Slice {
  // A struct array of `topic`, `payload`, `received` and the extra columns that points into the
  // block and keeps it.
  ArrowArray messages;
  Range* range = nullptr;  // to give to Ranges::done
  int64_t bytes = 0;       // of its texts
};

// A slice of these rows, without a range. `extra_columns`: PENSTOCK_COLUMN_….
Slice slice_of(SharedLog& log, Block& block, uint32_t row, uint32_t rows, uint32_t extra_columns);

}  // namespace penstock::engine
