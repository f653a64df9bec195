// Whose fault it is that the server refuses a batch, where the SQLSTATE alone does not say: the
// rows', if the same statement succeeds without them, or else the table's.
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
  // The connection must outlive it. `evidence`: of the same statements.
  WhoseFault(Connection& connection, std::shared_ptr<Evidence> evidence)
      : connection_(connection), evidence_(std::move(evidence)) {}

  // Whether to look at the rows one by one after a batch was refused whole. Where it may be the
  // table's fault, not before the third time.
  bool may_be_rows(const Failure& failure);
  // Whether `judge` has to ask the table.
  static bool needs_proof(const std::vector<StagedRefusal>& refusals, int64_t of);
  // In the transaction of a stage of `of` rows: whose fault these refusals are. None: the rows'.
  Failure judge(const std::vector<StagedRefusal>& refusals, int64_t of,
                const Statements& statements);
  // Rows of a batch are stored, or none had to be.
  void stored(int64_t rows);
  // See Evidence.
  bool wants_good_row() const { return evidence_->wants_good_row(); }
  void keep(std::shared_ptr<const GoodRow> row) { evidence_->keep(std::move(row)); }
  // Whether the last that was judged was the table's, for all that is known.
  bool is_table() const { return is_table_; }
  // With another batch, or the same once more.
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
  std::vector<std::string> proven_;  // SQLSTATEs, once this transaction is committed
  // Since something was stored.
  int unknown_failures_ = 0;
  uint64_t stored_at_failure_ = 0;  // of evidence_, at the last of them
};

}  // namespace timescale_sink
