// Writes a batch to the table, in one transaction, or by its chunks in several if that is too much
// at once. What the table takes is stored, and what it refuses is named row by row. With a ledger,
// what is stored already is skipped.
#pragma once

#include <penstock/batch.hpp>
#include <penstock/context.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attempt.hpp"
#include "connection.hpp"
#include "failover.hpp"
#include "lane.hpp"
#include "layouts.hpp"
#include "ledger.hpp"
#include "ledger_maintenance.hpp"
#include "parts.hpp"
#include "whose_fault.hpp"

namespace timescale_sink {

// What became of a batch's rows.
struct Written {
  int64_t stored = 0;          // as the server counts
  int64_t passed_over = 0;     // by a trigger, or for a key that was there
  int64_t skipped = 0;         // the ledger had them
  uint64_t mended = 0;         // U+0000 was replaced
  bool refused_whole = false;  // at first, so that it was staged
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

  // After a failure none or a part of the batch is stored, and it may be tried again.
  Failure write(const penstock::Batch& batch);
  // Whether another batch may be written before the one that failed. If a part of that is stored,
  // only the next call would know.
  bool may_wait() const { return is_table_at_fault_ && !parts_.is_begun(); }
  // Of the last batch that was written.
  const Written& written() const { return written_; }
  // To be called after connecting.
  Failure meet_server();
  // Why the table as it is now takes no row of some input.
  Failure fault_of_table(const std::vector<penstock::Schema>& inputs) {
    return layouts_.fault_of_table(inputs);
  }
  // What transactions begin with.
  const std::string& settings() const { return lane_.settings.sql(); }
  const LayoutRules& layout_rules() const { return layouts_.rules(); }

  void maintain_ledger() { ledger_maintenance_.run(); }
  std::string create_ledger_sql() const { return lane_.ledger->create_sql(); }

 private:
  Failure write_parts(const penstock::Batch& batch);
  Failure write_part(const CheckedBatch& batch);
  Attempt attempt_part(const CheckedBatch& batch);
  bool takes_less(const Failure& failure);
  WhoseFault& whose_fault_of(const std::string& insert);
  void tally(const Attempt& attempt);

  const std::string table_key_;
  const std::shared_ptr<Failover> failover_;
  Lane lane_;
  Layouts layouts_;
  LedgerMaintenance ledger_maintenance_;
  std::map<std::string, WhoseFault> whose_faults_;  // by the statement that inserts
  int staged_left_ = 0;                             // batches that are staged at once
  // Of the batch that is written or was last.
  Parts parts_;
  Written written_;
  bool is_table_at_fault_ = false;
};

}  // namespace timescale_sink
