#include "failover.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

namespace timescale_sink {

// The timeline's number increases when a standby is promoted; names of WAL files begin with it
// (PostgreSQL "Backup Control Functions").
std::string Failover::notice(Connection& connection, const std::string& settings,
                             const Ledger* ledger) {
  Result result;
  const Failure failure = connection.execute(
      "SELECT CASE WHEN NOT pg_is_in_recovery() THEN "
      "left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END",
      result);
  if (failure) return "";
  const std::string timeline = PQgetvalue(result.get(), 0, 0);
  if (timeline.empty()) return "";
  const std::string before = change_timeline(timeline);
  if (before.empty()) return "";
  return "a standby was promoted (timeline " + timeline + ", was " + before +
         "): " + words_of_loss(connection, settings, ledger);
}

std::string Failover::words_of_loss(Connection& connection, const std::string& settings,
                                    const Ledger* ledger) {
  std::string known = "the amount is unknown without delivery = \"exactly_once\"";
  if (ledger) {
    Result entries;
    const Failure failure = connection.execute(settings + ledger->entries_sql(), entries);
    const Loss loss = failure ? Loss() : lost_from(entries.get());
    if (failure) {
      known = "the amount is unknown: " + failure.message;
    } else if (loss.messages == 0) {
      return "it has everything that the old primary had committed";
    } else {
      known = (loss.at_least ? "at least the rows of " : "the rows of ") +
              std::to_string(loss.messages) + " messages, by the ledger";
    }
  }
  return "what the old primary had committed but not replicated is lost (" + known +
         "), unless replication is synchronous (synchronous_standby_names)";
}

std::string Failover::change_timeline(const std::string& now) {
  const std::lock_guard lock(mutex_);
  const std::string before = std::exchange(timeline_, now);
  return before == now ? "" : before;
}

void Failover::note_committed(const penstock::Batch& batch, const ChunkChoice& chunks) {
  const std::lock_guard lock(mutex_);
  for (const penstock_range& range : batch.ranges()) {
    if (!is_chosen(chunks, range.chunk)) continue;
    const std::string* intake = &*intakes_.emplace(range.intake).first;
    committed_.push_back({intake, range.first, range.part, range.count});
  }
  while (committed_.size() > kMostRanges) {
    committed_.pop_front();
    has_forgotten_ = true;
  }
}

Failover::Loss Failover::lost_from(const PGresult* entries) {
  std::set<std::tuple<std::string, uint64_t, uint64_t>> kept;
  std::map<std::string, uint64_t> oldest_end;  // by folder
  for (int i = 0; i < PQntuples(entries); ++i) {
    const auto number = [&](int column) {
      return static_cast<uint64_t>(std::atoll(PQgetvalue(entries, i, column)));
    };
    const std::string intake = PQgetvalue(entries, i, 0);
    kept.emplace(intake, number(1), number(2));
    const uint64_t end = number(1) + number(3);
    const auto [oldest, is_first] = oldest_end.emplace(Ledger::folder_of(intake), end);
    if (!is_first) oldest->second = std::min(oldest->second, end);
  }
  const std::lock_guard lock(mutex_);
  std::set<std::pair<std::string, uint64_t>> counted;  // a message can be in several parts
  Loss loss;
  size_t present = 0;
  for (const Range& range : committed_) {
    const auto oldest = oldest_end.find(Ledger::folder_of(*range.intake));
    if (kept.contains({*range.intake, range.first, range.part}) ||
        (oldest != oldest_end.end() && range.first + range.count <= oldest->second)) {
      ++present;
    } else if (counted.emplace(*range.intake, range.first).second) {
      loss.messages += range.count;
    }
  }
  loss.at_least = has_forgotten_ && present == 0;
  committed_.clear();
  has_forgotten_ = false;
  return loss;
}

}  // namespace timescale_sink
