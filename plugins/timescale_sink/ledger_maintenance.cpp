#include "ledger_maintenance.hpp"

#include <string>

namespace timescale_sink {

void LedgerMaintenance::note(const penstock::Batch& batch) {
  constexpr int kBatchesPerRun = 200;
  if (!lane_.ledger) return;
  lane_.ledger->note(batch, lane_.context);
  if (++batches_since_run_ == kBatchesPerRun || !looked_for_strangers_) run();
}

void LedgerMaintenance::run() {
  batches_since_run_ = 0;
  if (!lane_.ledger) return;
  const std::string sql = lane_.ledger->prune_sql();
  if (sql.empty() && looked_for_strangers_) return;
  if (!sql.empty() && !lane_.connection.execute(lane_.settings.sql() + sql)) lane_.ledger->pruned();
  look_for_strangers();
}

void LedgerMaintenance::look_for_strangers() {
  const std::string sql = lane_.ledger->strangers_sql();
  if (sql.empty()) return;
  Result strangers;
  looked_for_strangers_ = !lane_.connection.execute(lane_.settings.sql() + sql, strangers);
  if (!looked_for_strangers_) return;
  const std::string words = lane_.ledger->strangers_words(strangers.get());
  if (!words.empty()) lane_.context.warn(words);
}

}  // namespace timescale_sink
