// PostgreSQL types for Arrow's formats.
#pragma once

#include <string>

namespace timescale_sink {

// The type of a new column for values of an Arrow format; "" if there is none.
std::string type_for(const std::string& format);
// The format in messages: a PostgreSQL type with the same values, such as "double precision", or a
// description.
std::string words_for(const std::string& format);

}  // namespace timescale_sink
