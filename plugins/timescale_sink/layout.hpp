// How batches of one schema are written to the table as it is now.
#pragma once

#include "connection.hpp"
#include "read_table.hpp"
#include "statements.hpp"

namespace timescale_sink {

struct LayoutRules {
  std::string table;  // quoted
  std::vector<Renamed> columns;
  size_t most_columns = 0;  // missing columns are added up to this many
  EncodingRules encoding;
  ConflictRule conflict;
};

class Layout {
 public:
  Layout(const Table& table, const penstock::Schema& schema, const LayoutRules& rules);
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  const ColumnPlan plan;
  const Statements statements;
  const std::string insert;  // the statement, which identifies the layout; "" with faults
  const bool can_copy;
};

}  // namespace timescale_sink
