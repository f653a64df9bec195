// Quoted names and constants for SQL.
#pragma once

#include <string>

namespace timescale_sink {

// schema.table or table, each part quoted (PostgreSQL "Identifiers and Key Words"), so that it
// cannot be read as anything but a name.
std::string quoted_table(const std::string& name);

// One name, quoted, dots and all.
std::string quoted_name(const std::string& name);

// Why a name is not table or schema.table, such as "has more than two parts"; "": it is.
std::string fault_of_table(const std::string& name);

// Why a table cannot have a column of this name.
std::string fault_of_column(const std::string& name);

// A string constant (PostgreSQL "String Constants") that means the same under every setting.
std::string literal(const std::string& text);
// Dollar-quoted, with a tag that is not in `body`.
std::string dollar_quoted(const std::string& body);

}  // namespace timescale_sink
