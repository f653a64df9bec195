// Notices a failover, and finds what the old primary had committed but not replicated. Shared by
// all lanes of a sink.
#pragma once

#include <libpq-fe.h>
#include <penstock/batch.hpp>

#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string>

#include "batch_rows.hpp"
#include "connection.hpp"
#include "ledger.hpp"

namespace timescale_sink {

class Failover {
 public:
  // To be called after connecting: a warning if a standby was promoted since the last time, or "".
  // `ledger` may be null.
  std::string notice(Connection& connection, const std::string& settings, const Ledger* ledger);

  // These chunks are committed together with their entries in the ledger.
  void note_committed(const penstock::Batch& batch, const ChunkChoice& chunks);

 private:
  struct Loss {
    size_t messages = 0;
    bool at_least = false;  // more may be lost than is remembered
  };
  // What was committed and is missing in this ledger (Ledger::entries_sql). Pruned entries do not
  // count: they are older than all others of their folder.
  Loss lost_from(const PGresult* entries);
  std::string words_of_loss(Connection& connection, const std::string& settings,
                            const Ledger* ledger);
  // Returns the timeline before, if it was a different one.
  std::string change_timeline(const std::string& now);

  struct Range {
    const std::string* intake;  // in intakes_
    uint64_t first, part, count;
  };
  // Seconds at full rate, hours at low rates; a standby rarely lags more than that.
  static constexpr size_t kMostRanges = 65'536;

  std::mutex mutex_;
  std::string timeline_;
  std::set<std::string> intakes_;
  std::deque<Range> committed_;
  bool has_forgotten_ = false;
};

}  // namespace timescale_sink
