// Whose fault it is that the server refuses rows, where the SQLSTATE does not tell: the rows', if
// the statement succeeds without them; otherwise the table's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connection.hpp"
#include "evidence.hpp"
#include "stage.hpp"
#include "statements.hpp"

namespace timescale_sink {

class WhoseFault {
 public:
  // The connection must outlive it. `evidence`: about the same statement.
  WhoseFault(Connection& connection, std::shared_ptr<Evidence> evidence)
      : connection_(connection), evidence_(std::move(evidence)) {}

  // Whether to look for the refused rows after the server refused a whole batch. If the table may
  // be at fault, only from the third time on.
  bool may_be_rows(const Failure& failure);
  // Whether `judge` has to ask the table.
  static bool needs_proof(const std::vector<StagedRefusal>& refusals, int64_t of);
  // Whose fault these refusals of `of` rows are, in the transaction that stores the others. No
  // failure: the rows'.
  Failure judge(const std::vector<StagedRefusal>& refusals, int64_t of,
                const Statements& statements);
  // A transaction that stored so many rows is committed.
  void stored(int64_t rows);
  bool wants_good_row() const { return evidence_->wants_good_row(); }
  void keep(std::shared_ptr<const GoodRow> row) { evidence_->keep(std::move(row)); }
  // Whether the table was found at fault since `begin`.
  bool is_table() const { return is_table_; }
  // To be called before a batch, also when it is retried.
  void begin() {
    is_table_ = false;
    proven_.clear();
  }

 private:
  Failure try_good_row(const Statements& statements, bool& takes_it);
  Failure insert_good_row(const Statements& statements, bool now, bool& takes_it, Failure& refusal);
  void note_unknown_failure();

  Connection& connection_;
  const std::shared_ptr<Evidence> evidence_;
  bool is_table_ = false;
  std::vector<std::string> proven_;  // SQLSTATEs, once the transaction is committed
  int unknown_failures_ = 0;         // since something was stored
  uint64_t stored_at_failure_ = 0;   // Evidence::stored at the last of them
};

}  // namespace timescale_sink
