// The stage: a temporary table into which a batch goes whole, whatever its rows hold, and a
// function that stores from there what the table takes and names the rows that it refuses. Both are
// the connection's own and end with it. So a batch needs the same three round trips (to the stage,
// from the stage, COMMIT) whether none of its rows is refused or all of them are: the halving that
// finds them goes on inside of the server.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <string>
#include <vector>

namespace timescale_sink {

// What becomes of a row whose key the table has already (PostgreSQL "INSERT", ON CONFLICT).
enum class OnConflict { kError, kIgnore, kUpdate };

// A row that the server refuses, by its number in the stage.
struct StagedRefusal {
  int64_t number = 0;
  std::string state;   // SQLSTATE
  std::string column;  // or the constraint's name, or empty
  std::string message;
};

class Stage {
 public:
  static constexpr const char* kTable = "pg_temp.penstock_stage";

  // `table` is quoted. `key` are columns of it, for kIgnore and kUpdate.
  Stage(const std::string& table, OnConflict on_conflict, const std::vector<std::string>& key);

  // Makes the two in the transaction, unless the connection has them.
  const std::string& prepare_sql() const { return prepare_; }
  const std::string& copy_sql() const { return copy_; }
  // Stores `rows` staged rows; its result are those that were refused.
  std::string store_sql(int64_t rows) const;
  static std::vector<StagedRefusal> refusals(const PGresult* result);

 private:
  std::string prepare_, copy_;
};

}  // namespace timescale_sink
