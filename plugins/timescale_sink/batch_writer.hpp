// One batch into the table, in one transaction or, if that is too much at once, in several by its
// chunks: what the table takes is stored, what it
// refuses is named row by row, and with a ledger what is stored already is passed over.
#pragma once

#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "batch_rows.hpp"
#include "connection.hpp"
#include "failover.hpp"
#include "layouts.hpp"
#include "ledger.hpp"
#include "parts.hpp"
#include "session_settings.hpp"
#include "stage.hpp"
#include "whose_fault.hpp"

namespace timescale_sink {

// What one batch came to.
struct Written {
  int64_t stored = 0;          // as the server counts
  int64_t passed_over = 0;     // by a trigger, or for a key that was there
  int64_t skipped = 0;         // the ledger had them
  uint64_t mended = 0;         // U+0000 was replaced
  bool refused_whole = false;  // at first, so that it went by the stage
  std::vector<RefusedRow> refused;
};

class BatchWriter {
 public:
  struct Options {
    LayoutRules layout;
    bool use_copy = true;
    std::optional<Ledger> ledger;  // with one, delivery is exactly once
    std::string table_key;         // the same for all lanes of a role into the table
    std::string sink_key;          // the same for all lanes of the sink
  };

  // The connection and the context must outlive it.
  BatchWriter(Options options, Connection& connection, penstock::Context& context);

  // After a failure nothing of the batch is stored, or a part, and it may be tried again.
  Failure write(const penstock::Batch& batch);
  // Whether another may be written first. One with a part stored would not be known again.
  bool may_wait() const { return whose_fault_ && whose_fault_->is_table() && !parts_.is_begun(); }
  // Of the last batch that was written.
  const Written& written() const { return written_; }
  const Options& options() const { return options_; }
  // After connecting.
  Failure meet_server();
  // What keeps all rows of an input out of the table as it is now.
  Failure fault_of_table(const std::vector<penstock::Schema>& inputs) {
    return layouts_.fault_of_table(inputs);
  }
  const std::string& settings() const { return settings_.sql(); }

  // Forgets what can't come again. A failure waits for the next batch, which meets it too.
  void prune_ledger();
  std::string create_ledger_sql() const { return options_.ledger->create_sql(); }

 private:
  WhoseFault& whose_fault_of(const std::string& insert);
  bool takes_less(const Failure& failure);
  void set_patience(int times);
  Failure find_layout(const penstock::Batch& batch);
  Failure write_parts(const penstock::Batch& batch);
  Failure write_part(const penstock::Batch& batch);
  Failure write_checked(const penstock::Batch& batch);
  Failure write_directly(const penstock::Batch& batch);
  Failure copy_directly(const penstock::Batch& batch, const std::string& enter);
  Failure write_staged(const penstock::Batch& batch);
  Failure write_one_by_one(const penstock::Batch& batch);
  Failure insert_rows(const penstock::Batch& batch, StagedResult& result);
  Failure insert_row(StagedResult& result, int64_t number);
  template <class StoreRows>
  Failure store_what_fits(const penstock::Batch& batch, StoreRows store_rows);
  Failure settle(const penstock::Batch& batch, const StagedResult& result, int64_t of);
  Failure fill_stage(const penstock::Batch& batch);
  Failure store_staged(const penstock::Batch& batch);
  Failure store_slices(int64_t staged, StagedResult& result);
  Failure insert(const penstock::Batch& batch, bool staged);
  Failure end_transaction(const Failure& attempt);
  Failure find_refused_before(const penstock::Batch& batch);
  void keep_good_row(const penstock::Batch& batch);
  void warn_if_all(const std::vector<RefusedRow>& refused, int64_t of);
  std::string settings_sql() const;
  std::string enter_sql(const penstock::Batch& batch) const;
  void choose(const penstock::Batch& batch, const PGresult* entered);
  void start_attempt();
  std::vector<RefusedRow> rows_of(const penstock::Batch& batch,
                                  const std::vector<StagedRefusal>& refusals) const;
  int64_t rows_to_write(const penstock::Batch& batch) const;
  // Of these what the server has not refused.
  int64_t rows_taken(const penstock::Batch& batch) const;
  void tally(const penstock::Batch& batch);
  void look_for_strangers();

  Options options_;
  Connection& connection_;
  penstock::Context& context_;
  const std::shared_ptr<Failover> failover_;
  SessionSettings settings_;
  // By the statement that inserts.
  std::map<std::string, WhoseFault> whose_faults_;
  Layouts layouts_;
  penstock::Buffer<char> buffer_;
  std::vector<penstock::Buffer<char>> arrays_;
  int patience_ = 1;     // times the usual statement_timeout
  int staged_left_ = 0;  // batches that go by the stage at once
  int batches_since_pruned_ = 0;
  bool looked_for_strangers_ = false;
  Written written_;
  // Of the batch being written.
  const Layout* layout_ = nullptr;
  WhoseFault* whose_fault_ = nullptr;
  RowFindings found_;
  Parts parts_;
  // Of the attempt at a part of it.
  ChunkChoice chosen_;               // to write
  ChunkChoice skipped_;              // the ledger has them; empty: none
  std::vector<RefusedRow> refused_;  // by the server
  int64_t stored_rows_ = 0;
};

}  // namespace timescale_sink
