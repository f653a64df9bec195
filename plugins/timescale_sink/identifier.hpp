// Names of tables and constants, as SQL text.
#pragma once

#include <string>

namespace timescale_sink {

// schema.table or table, each part quoted (PostgreSQL "Identifiers and Key Words"), so that
// no name can be anything but a name.
std::string quoted_table(const std::string& name);

// One name, quoted, whatever is in it.
std::string quoted_name(const std::string& name);

// What keeps a name from being table or schema.table: "has more than two parts"; "" if nothing
// does.
std::string fault_of_table(const std::string& name);

// What keeps a table from having a column of this name.
std::string fault_of_column(const std::string& name);

// A string constant (PostgreSQL "String Constants") that means the same under every setting.
std::string literal(const std::string& text);
// One between dollars, with a tag that `body` does not have.
std::string dollar_quoted(const std::string& body);

}  // namespace timescale_sink
