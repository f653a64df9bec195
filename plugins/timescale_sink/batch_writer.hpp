// One batch into the table, each in one transaction: what the table takes is stored, what it
// refuses is named row by row, and with a ledger what is stored already is passed over.
#pragma once

#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <optional>
#include <string>
#include <vector>

#include "connection.hpp"
#include "copy_encoder.hpp"
#include "ledger.hpp"
#include "row_check.hpp"
#include "stage.hpp"

namespace timescale_sink {

// What one batch came to.
struct Written {
  int64_t stored = 0;
  int64_t skipped = 0;         // the ledger had them
  uint64_t mended = 0;         // U+0000 was replaced
  bool refused_whole = false;  // at first, so that it went by the stage
  std::vector<RefusedRow> refused;
};

class BatchWriter {
 public:
  struct Options {
    std::string table;  // quoted
    bool use_copy = true;
    NulRule nul = NulRule::kReplace;
    OnConflict on_conflict = OnConflict::kError;
    std::vector<std::string> conflict_key;
    std::optional<Ledger> ledger;  // with one, delivery is exactly once
  };

  // The connection and the context must outlive it.
  BatchWriter(Options options, Connection& connection, penstock::Context& context);

  // After a failure nothing of the batch is stored, and it may be tried again.
  Failure write(const penstock::Batch& batch);
  // Of the last batch that was written.
  const Written& written() const { return written_; }

  // Forgets what can't come again. A failure waits for the next batch, which meets it too.
  void prune_ledger();
  std::string create_ledger_sql() const { return options_.ledger->create_sql(); }

 private:
  Failure write_checked(const penstock::Batch& batch);
  Failure write_directly(const penstock::Batch& batch);
  Failure write_staged(const penstock::Batch& batch);
  Failure store_staged(const penstock::Batch& batch);
  Failure end_transaction(const Failure& failure);
  Failure find_refused_before(const penstock::Batch& batch);
  std::string enter_sql(const penstock::Batch& batch) const;
  void choose(const penstock::Batch& batch, const PGresult* entered);
  void start_attempt();
  std::vector<RefusedRow> rows_of(const penstock::Batch& batch,
                                  const std::vector<StagedRefusal>& refusals) const;
  int64_t rows_to_write(const penstock::Batch& batch) const;
  void warn_if_all(const std::vector<RefusedRow>& refused, int64_t of);
  void tally(const penstock::Batch& batch);
  void look_for_strangers();

  Options options_;
  Connection& connection_;
  penstock::Context& context_;
  const std::string copy_;
  const Stage stage_;
  penstock::Buffer<char> buffer_;
  int staged_left_ = 0;  // batches that go by the stage at once
  int batches_since_pruned_ = 0;
  bool looked_for_strangers_ = false;
  Written written_;
  // Of the batch being written.
  RowFindings found_;
  ChunkChoice chosen_;  // by the ledger; empty: all chunks
  int64_t skipped_rows_ = 0;
};

}  // namespace timescale_sink
