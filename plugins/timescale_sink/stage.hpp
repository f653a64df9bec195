// The stage: temporary tables of one transaction, which take a batch whatever its rows hold. From
// there the server stores what the table takes and names the rows that it refuses. It finds them by
// halving, without the client, so a batch takes the same few round trips whether one of its rows is
// refused or all are; a long search reports every 10 s. Nothing of the stage outlives the
// transaction, so a pooler may give the session to another client.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <string>
#include <vector>

#include "statements.hpp"

namespace timescale_sink {

// A row that the server refuses, by its number in the stage.
struct StagedRefusal {
  int64_t number = 0;
  std::string state;   // SQLSTATE
  std::string column;  // or the constraint's name, or empty
  std::string message;
};

struct StagedResult {
  std::vector<StagedRefusal> refusals;  // in the order of the rows
  int64_t stored = 0;                   // as the server counts
  bool is_done = false;
};

// Creates the tables. Deferred constraints are made immediate: at COMMIT they would refuse the
// whole batch, and not name the row.
std::string begin_stage_sql(const Statements& statements);
// Stores staged rows, `rows` in all; to be run until it is done. Its result is for `staged_result`.
// `restore`: SessionSettings::restore_in_function.
std::string store_staged_sql(const Statements& statements, int64_t rows,
                             const std::string& restore);
StagedResult staged_result(const PGresult* result);
// To be run before all rows are tried again.
inline constexpr const char* kForgetRefused = "DELETE FROM pg_temp.penstock_refused";

}  // namespace timescale_sink
