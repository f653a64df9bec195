// The table as the server has it now.
#pragma once

#include "connection.hpp"
#include "encoding/table_column.hpp"

namespace timescale_sink {

// `name` is quoted; `settings` are statements, such as of the search path. No columns: there is no
// such table.
Failure read_table(Connection& connection, const std::string& name, const std::string& settings,
                   Table& table);

}  // namespace timescale_sink
