// Names of tables and constants, as SQL text.
#pragma once

#include <string>

namespace timescale_sink {

// schema.table or table, each part quoted (PostgreSQL "Identifiers and Key Words"), so that
// no name can be anything but a name.
std::string quoted_table(const std::string& name);

// A string constant (PostgreSQL "String Constants", with standard_conforming_strings).
std::string literal(const std::string& text);

}  // namespace timescale_sink
