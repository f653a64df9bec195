// Columns as arrays: the parameters of INSERT … SELECT … FROM unnest(…).
#pragma once

#include <penstock/builders.hpp>

#include "batch_rows.hpp"

namespace timescale_sink {

// Encodes each planned column into `to` as a one-dimensional array, as array_recv reads it
// (PostgreSQL, arrayfuncs.c). Returns the number of elements of each; if 0, nothing is encoded.
size_t encode_arrays(const BatchRows& rows, const ColumnPlan& plan, bool staged,
                     std::vector<penstock::Buffer<char>>& to);

}  // namespace timescale_sink
