// A row as one line of JSON, for people who look.
#pragma once

#include <penstock/arrow.h>

#include <string>

namespace penstock::engine {

// Texts that hold JSON objects appear as these; bytes that are no UTF-8 have U+FFFD for what is
// wrong. Columns of types that have no generic form are left out.
std::string row_json(const ArrowSchema& schema, const ArrowArray& chunk, int64_t row);

}  // namespace penstock::engine
