// The table as the server has it now.
#pragma once

#include "connection.hpp"
#include "encoding/table_column.hpp"

namespace timescale_sink {

// `name` is quoted. No columns: there is no such table.
Failure read_table(Connection& connection, const std::string& name, Table& table);

}  // namespace timescale_sink
