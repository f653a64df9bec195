// The stage: temporary tables of one transaction, into which a batch goes, whatever its rows hold,
// and from where the server stores what the table takes and names the rows that it refuses. The
// halving that finds them goes on inside of the server, so that a batch needs the same few round
// trips whether one of its rows is refused or all of them are; a long search gives word every 10 s.
// Nothing of it outlives the transaction, so that a pooler may give the session to
// somebody else.
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

// Makes them. Constraints that wait for COMMIT would refuse the batch when no row can be told any
// more.
std::string begin_stage_sql(const Statements& statements);
// Stores some of `rows` staged rows, or all; to be called again until it is done. Its result is for
// `staged_result`. `restore`: SessionSettings::restore_in_function.
std::string store_staged_sql(const Statements& statements, int64_t rows,
                             const std::string& restore);
StagedResult staged_result(const PGresult* result);
// Before all rows are tried once more.
inline constexpr const char* kForgetRefused = "DELETE FROM pg_temp.penstock_refused";

}  // namespace timescale_sink
