#include "ledger.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include "identifier.hpp"

namespace timescale_sink {
namespace {

std::string number(uint64_t value) {
  // As a bigint, which has the same 64 bits but is signed.
  return std::to_string(static_cast<int64_t>(value));
}

// Of an intake's id (penstock_range): the folder's, and those with the number of the run.
constexpr size_t kFolderDigits = 16, kRunDigits = 24;

using Key = std::tuple<std::string, std::string, std::string>;  // intake, first, part

// Short enough for an index entry with the rest of the key (a third of a page of 8 KiB), and in
// ASCII if the database's encoding might lack some characters.
std::string why(const RefusedRow& row, bool is_utf8) {
  constexpr size_t kMost = 1000;
  std::string text = row.reason + (row.detail.empty() ? "" : " (" + row.detail + ")");
  if (!is_utf8) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < 0; }, '?');
  }
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while ((text[end] & 0xC0) == 0x80) --end;  // does not split a UTF-8 character
  return text.substr(0, end) + "...";
}

Key key_of(const penstock_range& range) {
  return {range.intake, number(range.first), number(range.part)};
}

}  // namespace

Ledger::Ledger(std::string table, const std::string& sink)
    : table_(std::move(table)), name_(sink), sink_(literal(sink)) {}

std::string Ledger::create_sql() const {
  return "CREATE TABLE " + table_ +
         " (intake TEXT NOT NULL, sink TEXT NOT NULL, first BIGINT NOT NULL, part BIGINT NOT NULL,"
         " count INTEGER NOT NULL, stored TIMESTAMPTZ NOT NULL DEFAULT now(),"
         " PRIMARY KEY (intake, sink, first, part));";
}

std::string Ledger::enter_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const {
  std::string sql = "INSERT INTO " + table_ + " (intake, sink, first, part, count) VALUES ";
  const char* separator = "";
  for (const penstock_range& range : batch.ranges()) {
    if (!is_chosen(chunks, range.chunk)) continue;
    sql += separator;
    sql += "('" + std::string(range.intake) + "'," + sink_ + "," + number(range.first) + "," +
           number(range.part) + "," + number(range.count) + ")";
    separator = ",";
  }
  return sql + " ON CONFLICT DO NOTHING RETURNING intake, first, part";
}

Ledger::Choice Ledger::unstored(const penstock::Batch& batch, const ChunkChoice& chunks,
                                const PGresult* entered) const {
  Choice choice;
  choice.chunks = chunks;
  const auto rows = static_cast<size_t>(PQntuples(entered));
  const auto is_entered = [&](const auto& range) { return is_chosen(chunks, range.chunk); };
  if (std::count_if(batch.ranges().begin(), batch.ranges().end(), is_entered) ==
      static_cast<ptrdiff_t>(rows)) {
    return choice;
  }
  choice.chunks.resize(batch.chunks(), true);
  std::set<Key> fresh;
  for (int row = 0; row < static_cast<int>(rows); ++row) {
    fresh.emplace(PQgetvalue(entered, row, 0), PQgetvalue(entered, row, 1),
                  PQgetvalue(entered, row, 2));
  }
  std::vector<size_t> known(batch.chunks()), all(batch.chunks());
  for (const penstock_range& range : batch.ranges()) {
    if (!is_chosen(chunks, range.chunk)) continue;
    ++all[range.chunk];
    if (!fresh.contains(key_of(range))) ++known[range.chunk];
  }
  for (size_t chunk = 0; chunk < all.size(); ++chunk) {
    if (known[chunk] == 0) continue;
    if (known[chunk] == all[chunk]) {
      choice.chunks[chunk] = false;
    } else {
      ++choice.uncertain;
    }
  }
  return choice;
}

// A refused row is an entry of its own: its chunk's first range, with row and reason appended to
// the sink's name. Node names contain no slash.
std::string Ledger::keep_refused_sql(const penstock::Batch& batch,
                                     const std::vector<RefusedRow>& refused, bool is_utf8) const {
  std::string values;
  for (const RefusedRow& row : refused) {
    const auto range = std::find_if(batch.ranges().begin(), batch.ranges().end(),
                                    [&](const auto& each) { return each.chunk == row.chunk; });
    if (range == batch.ranges().end()) continue;
    values += values.empty() ? "('" : ",('";
    values += std::string(range->intake) + "'," +
              literal(name_ + "/" + std::to_string(row.row) + "/" + why(row, is_utf8)) + "," +
              number(range->first) + "," + number(range->part) + "," + number(range->count) + ")";
  }
  if (values.empty()) return "";
  return "INSERT INTO " + table_ + " (intake, sink, first, part, count) VALUES " + values +
         " ON CONFLICT DO NOTHING";
}

std::string Ledger::refused_sql(const penstock::Batch& batch, const ChunkChoice& chunks) const {
  std::string keys;
  for (const penstock_range& range : batch.ranges()) {
    if (!is_chosen(chunks, range.chunk)) continue;
    keys += keys.empty() ? "('" : ",('";
    keys += std::string(range.intake) + "'," + number(range.first) + "," + number(range.part) + ")";
  }
  if (keys.empty()) return "";
  return "SELECT intake, first, part, split_part(sink, '/', 2),"
         " substr(sink, length(split_part(sink, '/', 1)) + length(split_part(sink, '/', 2)) + 3) "
         "FROM " +
         table_ + " WHERE (intake, first, part) IN (" + keys +
         ") AND split_part(sink, '/', 1) = " + sink_ + " AND sink <> " + sink_;
}

std::vector<RefusedRow> Ledger::refused(const penstock::Batch& batch,
                                        const PGresult* result) const {
  std::vector<RefusedRow> rows;
  for (int i = 0; i < PQntuples(result); ++i) {
    const Key key(PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), PQgetvalue(result, i, 2));
    for (const penstock_range& range : batch.ranges()) {
      if (key_of(range) != key) continue;
      // The messages that it was made of are lost from a damaged intake.
      const long long number = std::atoll(PQgetvalue(result, i, 3));
      if (number >= batch.chunk(range.chunk).length) continue;
      const std::string kept = PQgetvalue(result, i, 4);
      const std::string reason = kept.empty() ? "refused by the database" : kept;
      rows.push_back({range.chunk, number, reason, "refused before a restart"});
    }
  }
  return rows;
}

std::string Ledger::entries_sql() const {
  return "SELECT intake, first, part, count FROM " + table_ + " WHERE sink = " + sink_;
}

std::string Ledger::folder_of(const std::string& intake) { return intake.substr(0, kFolderDigits); }

void Ledger::note(const penstock::Batch& batch, penstock::Context& context) {
  for (size_t i = 0; i < batch.ranges().size(); ++i) {
    const penstock_range& range = batch.ranges()[i];
    Intake& intake = intakes_[folder_of(range.intake)];
    intake.watermark = std::max(intake.watermark, range.watermark);
    const std::string run = context.appending_intake(batch, i);
    if (run != intake.run) {
      intake.run = run;
      uint64_t end = 0;
      for (size_t n = 0; const char* id = context.earlier_run(batch, i, n, end); ++n) {
        intake.own[id] = end;
      }
      intake.own[run] = UINT64_MAX;
    }
    uint64_t& end = intake.own[range.intake];
    end = std::max(end, range.first + range.count);
    intake.entered = std::max(intake.entered, range.first + range.count);
  }
}

// Positions continue from run to run, so one watermark holds for all runs of the folder, but not
// for those of a copy. The last entry always stays: it reveals a copy of the folder, and that a
// promoted standby has what was pruned (Failover::lost_from).
std::string Ledger::prune_sql() const {
  std::string sql;
  for (const auto& [folder, intake] : intakes_) {
    if (intake.watermark == intake.pruned) continue;
    std::string own;
    for (const auto& [id, end] : intake.own) {
      own += (own.empty() ? "" : " OR ") + ("(intake = " + literal(id)) + " AND first < " +
             number(std::min(end, intake.watermark)) + ")";
    }
    sql += "DELETE FROM " + table_ + " WHERE (" + own +
           ") AND split_part(sink, '/', 1) = " + sink_ + " AND first + count < " +
           number(std::min(intake.watermark, intake.entered)) + ";";
  }
  return sql;
}

void Ledger::pruned() {
  for (auto& [folder, intake] : intakes_) {
    const uint64_t watermark = intake.pruned = intake.watermark;
    std::erase_if(intake.own, [=](const auto& run) { return run.second < watermark; });
  }
}

std::string Ledger::strangers_sql() const {
  std::string any;
  for (const auto& [folder, intake] : intakes_) {
    if (intake.told || intake.run.empty()) continue;  // a memory intake has no copies
    any += any.empty() ? "" : " OR ";
    any += "intake BETWEEN '" + intake.run.substr(0, kRunDigits) + "' AND '" + folder +
           "g' AND intake <> '" + intake.run + "'";
  }
  if (any.empty()) return "";
  return "SELECT intake, to_char(max(stored), 'YYYY-MM-DD HH24:MI:SS TZ') FROM " + table_ +
         " WHERE split_part(sink, '/', 1) = " + sink_ + " AND (" + any +
         ") GROUP BY intake ORDER BY 2 DESC LIMIT 1";
}

std::string Ledger::strangers_words(const PGresult* result) {
  if (PQntuples(result) == 0) return "";
  const std::string stranger = PQgetvalue(result, 0, 0);
  intakes_[folder_of(stranger)].told = true;
  return "the ledger has entries from " + std::string(PQgetvalue(result, 0, 1)) +
         " by a run that this intake's folder does not know (" + stranger +
         "): it was copied or restored from a backup. New messages are not affected; those that "
         "were pending in the copy may be stored twice";
}

}  // namespace timescale_sink
