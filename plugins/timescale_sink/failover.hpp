// Which server answers, and after a failover what the former one had committed and never sent on:
// shared by all lanes of a sink.
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
  // After connecting: what to tell of another server than before; "" of the same. `ledger` may be
  // null.
  std::string notice(Connection& connection, const std::string& settings, const Ledger* ledger);

  // These chunks are committed, and entered in the ledger in the same transaction.
  void note_committed(const penstock::Batch& batch, const ChunkChoice& chunks);

 private:
  struct Loss {
    size_t messages = 0;
    bool at_least = false;  // more than is remembered may be lost
  };
  // What was committed and is not in this ledger (Ledger::entries_sql): not what was pruned from
  // it, which is older than all that is left of its folder.
  Loss lost_from(const PGresult* entries);
  std::string words_of_loss(Connection& connection, const std::string& settings,
                            const Ledger* ledger);
  // The one before, if that was another.
  std::string change_timeline(const std::string& now);

  struct Range {
    const std::string* intake;  // in intakes_
    uint64_t first, part, count;
  };
  // Seconds at full rate, hours at low rates; a standby is rarely so far behind.
  static constexpr size_t kMostRanges = 65'536;

  std::mutex mutex_;
  std::string timeline_;
  std::set<std::string> intakes_;
  std::deque<Range> committed_;
  bool has_forgotten_ = false;
};

}  // namespace timescale_sink
