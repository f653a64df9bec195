// The statements that make a table where it is missing.
#pragma once

#include <penstock/schema.hpp>

#include <string>
#include <vector>

#include "renamed.hpp"

namespace timescale_sink {

struct Creation {
  std::string sql;
  std::string fault;  // why no table can be made; empty: one can
};

// A table of all columns of all inputs, or of those that `columns` names. With TimescaleDB it
// becomes a hypertable by the first column that always holds a time. No inputs: points. `table` is
// quoted.
Creation create_table_sql(const std::string& table, const std::vector<penstock::Schema>& inputs,
                          const std::vector<Renamed>& columns);

// `create`, unless there is such a table.
std::string create_if_missing(const std::string& table, const std::string& create);

}  // namespace timescale_sink
