// The statements that create a missing table.
#pragma once

#include <penstock/schema.hpp>

#include <string>
#include <vector>

#include "renamed.hpp"

namespace timescale_sink {

struct Creation {
  std::string sql;
  std::string fault;  // why the table cannot be created; empty: it can
};

// A table with all columns of all inputs, or with those that `columns` names; without inputs, of
// points. With TimescaleDB it becomes a hypertable on the first column that always holds a time.
// `table` is quoted.
Creation create_table_sql(const std::string& table, const std::vector<penstock::Schema>& inputs,
                          const std::vector<Renamed>& columns);

// Runs `create` unless the table exists.
std::string create_if_missing(const std::string& table, const std::string& create);

}  // namespace timescale_sink
