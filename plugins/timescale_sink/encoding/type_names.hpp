// What the types of Arrow's columns are called.
#pragma once

#include <string>

namespace timescale_sink {

// The type that a column of Arrow's format gets in a table that is made for it; "" if there is
// none.
std::string type_for(const std::string& format);
// For messages: "double precision" and the like where a type of the table holds the same values, or
// else what they are.
std::string words_for(const std::string& format);

}  // namespace timescale_sink
