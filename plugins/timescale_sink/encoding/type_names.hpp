// PostgreSQL types for columns of Arrow.
#pragma once

#include <penstock/schema.hpp>

#include <string>

namespace timescale_sink {

// The type of a new column for these values; "" if there is none.
std::string type_for(const penstock::Field& field);
// In messages: a PostgreSQL type with the same values, such as "double precision", or a
// description.
std::string words_for(const penstock::Field& field);

}  // namespace timescale_sink
