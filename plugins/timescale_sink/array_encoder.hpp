// Columns as arrays, for the parameters of an INSERT … SELECT … FROM unnest(…).
#pragma once

#include <penstock/builders.hpp>

#include "batch_rows.hpp"

namespace timescale_sink {

// One array of one dimension a planned column, as array_recv reads it (PostgreSQL,
// arrayfuncs.c), into `to`. Returns how many elements each has; none: nothing is encoded.
size_t encode_arrays(const BatchRows& rows, const ColumnPlan& plan, bool staged,
                     std::vector<penstock::Buffer<char>>& to);

}  // namespace timescale_sink
