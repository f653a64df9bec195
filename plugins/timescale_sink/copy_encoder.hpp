// Rows in PostgreSQL's binary COPY format.
#pragma once

#include <penstock/builders.hpp>

#include "batch_rows.hpp"

namespace timescale_sink {

// All data of one COPY: header, a tuple for each row, trailer (PostgreSQL "COPY", "Binary Format").
// `staged`: for the stage (stage.hpp), with a row number before the columns.
void encode_copy(const BatchRows& rows, const ColumnPlan& plan, bool staged,
                 penstock::Buffer<char>& to);

}  // namespace timescale_sink
