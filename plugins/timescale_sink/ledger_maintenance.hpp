// Keeps the ledger short, and looks in it for entries that a copy of the intake's folder made.
#pragma once

#include <penstock/batch.hpp>

#include "lane.hpp"

namespace timescale_sink {

class LedgerMaintenance {
 public:
  // The lane must outlive it.
  explicit LedgerMaintenance(Lane& lane) : lane_(lane) {}

  // This batch is stored.
  void note(const penstock::Batch& batch);
  // Deletes what can't come again. A failure is left to the next batch, which meets it too.
  void run();

 private:
  void look_for_strangers();

  Lane& lane_;
  int batches_since_run_ = 0;
  bool looked_for_strangers_ = false;
};

}  // namespace timescale_sink
