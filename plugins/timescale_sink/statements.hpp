// The statements that write a batch, for one table and one set of columns.
#pragma once

#include <string>
#include <vector>

#include "encoding/column_plan.hpp"

namespace timescale_sink {

// What to do with a row whose key is already in the table (PostgreSQL "INSERT", ON CONFLICT).
enum class OnConflict { kError, kIgnore, kUpdate };

struct ConflictRule {
  OnConflict action = OnConflict::kError;
  std::vector<std::string> key;  // columns of the table
  std::string newer_by;          // with kUpdate: a row does not replace a newer one
};

// The expression for a table's version (Table): any change of a column writes the column's row in
// pg_attribute anew, and the table's kind, rules and row security decide how rows are written.
std::string version_sql(const std::string& table);

class Statements {
 public:
  // The plan, made for this table, must outlive it.
  Statements(const Table& table, const ColumnPlan& plan, ConflictRule conflict);

  std::string copy() const;
  // Its parameters are an array for each planned column (array_encoder.hpp).
  std::string insert() const;
  bool has_time() const { return time_column() != plan_.columns.end(); }
  OnConflict on_conflict() const { return conflict_.action; }
  // Inserts a row that the table has: one given as for `insert`, or the table's newest. `now`: with
  // the current time, if it has a time.
  enum class Row { kGiven, kNewest };
  std::string insert_again(Row row, bool now, OnConflict action) const;

  std::string any_row() const { return "SELECT FROM " + table_ + " LIMIT 1"; }

  // Fails if a column has changed since the plan was made: a value encoded for the old type could
  // mean another one in the new. Must be the last statement of the transaction, when the table is
  // locked against such changes (PostgreSQL "Explicit Locking", ROW EXCLUSIVE).
  std::string check_version() const;
  static bool says_changed(const std::string& message);

  // The stage, a temporary table of the transaction. `n` is the row's number.
  static constexpr const char* kStage = "pg_temp.penstock_stage";
  std::string create_stage() const;
  std::string copy_to_stage() const;
  std::string insert_into_stage() const;
  // Rows `first` to `last` of the stage: numbers, or names of variables.
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
