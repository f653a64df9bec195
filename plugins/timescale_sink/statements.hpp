// The statements that store a batch, for one table and one set of columns.
#pragma once

#include <string>
#include <vector>

#include "encoding/column_plan.hpp"

namespace timescale_sink {

// What becomes of a row whose key the table has already (PostgreSQL "INSERT", ON CONFLICT).
enum class OnConflict { kError, kIgnore, kUpdate };

struct ConflictRule {
  OnConflict action = OnConflict::kError;
  std::vector<std::string> key;  // columns of the table
  std::string newer_by;          // with kUpdate: a row only replaces one that is not newer
};

// A table's version (Table) as an expression: a change of a column makes the column's row in the
// catalog anew; and by its kind, rules and row security it is decided how rows go into it.
std::string version_sql(const std::string& table);

class Statements {
 public:
  // The plan, which is one of this table, must outlive it.
  Statements(const Table& table, const ColumnPlan& plan, ConflictRule conflict);

  std::string copy() const;
  // With one array a planned column as its parameters; see array_encoder.hpp.
  std::string insert() const;
  bool has_time() const { return time_column() != plan_.columns.end(); }
  OnConflict on_conflict() const { return conflict_.action; }
  // A row that the table has, once more: given as for `insert`, or its newest. `now`: as of now, if
  // it has a time.
  enum class Row { kGiven, kNewest };
  std::string insert_again(Row row, bool now, OnConflict action) const;

  std::string any_row() const { return "SELECT FROM " + table_ + " LIMIT 1"; }

  // Fails if a column has changed since the plan was made, so that what was encoded for the old one
  // would be another value in the new. To be the last of the transaction, when the table is locked
  // against such changes (PostgreSQL "Explicit Locking", ROW EXCLUSIVE).
  std::string check_version() const;
  static bool says_changed(const std::string& message);

  // Of the stage: a temporary table of the transaction. `n` is the rows' number.
  static constexpr const char* kStage = "pg_temp.penstock_stage";
  std::string create_stage() const;
  std::string copy_to_stage() const;
  std::string insert_into_stage() const;
  // Rows `first` to `last` of the stage, which are names of variables or numbers.
  std::string insert_from_stage(const std::string& first, const std::string& last) const;

 private:
  std::vector<PlannedColumn>::const_iterator time_column() const;
  std::string arrays(bool staged) const;
  std::string value(size_t column, bool staged) const;
  std::string value_of(const std::string& name, bool staged) const;
  std::string select(bool staged, const std::string& from, const std::string& where) const;
  std::string into(const std::string& rows, OnConflict action) const;

  const std::string table_, version_;
  const ColumnPlan& plan_;
  const ConflictRule conflict_;
};

}  // namespace timescale_sink
