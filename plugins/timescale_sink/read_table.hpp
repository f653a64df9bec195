// Reads the table's columns from the catalog.
#pragma once

#include "connection.hpp"
#include "encoding/table_column.hpp"

namespace timescale_sink {

// `name` is quoted; `settings`: SessionSettings::sql. No columns: the table does not exist.
Failure read_table(Connection& connection, const std::string& name, const std::string& settings,
                   Table& table);

}  // namespace timescale_sink
