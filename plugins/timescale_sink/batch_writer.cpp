#include "batch_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string_view>
#include <utility>

#include "array_encoder.hpp"
#include "copy_encoder.hpp"
#include "identifier.hpp"

namespace timescale_sink {
namespace {

using penstock::Batch;
using penstock::Buffer;

// After a refused row this many batches go by the stage at once, so that where such rows are
// frequent a batch is sent once, not twice.
constexpr int kStagedAfterRefusal = 50;
constexpr int kBatchesPerPruning = 200;
// So often a batch is tried before its rows are looked at one by one, when the error may be the
// table's.
constexpr int kTriesOfUnknown = 2;
// Statement cancelled, such as by its timeout; out of memory; a limit such as TimescaleDB's of
// tuples to decompress.
constexpr std::array<std::string_view, 3> kTooMuchAtOnce{"57014", "53200", "53400"};

bool is_too_much_at_once(const Failure& failure) {
  return std::find(kTooMuchAtOnce.begin(), kTooMuchAtOnce.end(), failure.state) !=
         kTooMuchAtOnce.end();
}

int64_t count_of(const PGresult* result) {
  return std::atoll(PQcmdTuples(const_cast<PGresult*>(result)));
}

}  // namespace

BatchWriter::BatchWriter(Options options, Connection& connection, penstock::Context& context)
    : options_(std::move(options)),
      connection_(connection),
      context_(context),
      evidence_(evidence_of(options_.table_key)) {}

Failure BatchWriter::write(const Batch& batch) {
  takes_none_ = false;
  const Failure failure = write_parts(batch);
  if (!Statements::says_changed(failure.message)) return failure;
  forget_table();
  return write_parts(batch);
}

Failure BatchWriter::write_parts(const Batch& batch) {
  if (Failure failure = find_layout(batch)) return failure;
  found_ = check_rows(batch, layout_->plan);
  if (!parts_.resume(batch)) written_ = {};
  while (!parts_.is_done()) {
    const Failure failure = write_part(batch);
    if (is_too_much_at_once(failure) && parts_.halve()) continue;
    if (failure) {
      if (failure.blame != Blame::kServer) forget_table();
      return failure;
    }
    tally(batch);
    parts_.pass(batch);
  }
  written_.mended = found_.mended_rows;
  if (!options_.ledger) return {};
  options_.ledger->note(batch, context_);
  if (++batches_since_pruned_ == kBatchesPerPruning || !looked_for_strangers_) prune_ledger();
  return {};
}

Failure BatchWriter::write_part(const Batch& batch) {
  Failure failure = write_checked(batch);
  if (!failure && !skipped_.empty()) failure = find_refused_before(batch);
  if (failure) return failure;
  unknown_failures_ = 0;
  if (stored_rows_ > 0) ++evidence_->stored;
  if (evidence_->wants_good_row()) keep_good_row(batch);
  return {};
}

Failure BatchWriter::find_layout(const Batch& batch) {
  std::unique_ptr<Layout>& layout = layouts_[&batch.schema()];
  if (!layout) {
    if (Failure failure = read_layout(batch, layout)) return failure;
    if (!layout->plan.missing.empty()) {
      if (Failure failure = add_columns(layout->plan.missing)) return failure;
      if (Failure failure = read_layout(batch, layout)) return failure;
    }
  }
  layout_ = layout.get();
  if (layout_->plan.faults.empty()) return {};
  const std::string fault = "table " + options_.layout.table + ": " + layout_->plan.faults.front();
  forget_table();
  return {fault, "", Blame::kTable};
}

Failure BatchWriter::read_layout(const Batch& batch, std::unique_ptr<Layout>& layout) {
  Table table;
  if (Failure failure = read_table(connection_, options_.layout.table, settings_, table))
    return failure;
  if (table.columns.empty()) {
    return {"table " + options_.layout.table + " does not exist", "", Blame::kUnknown};
  }
  layout = std::make_unique<Layout>(table, penstock::read_schema(batch.schema()), options_.layout);
  return {};
}

// Lanes and engines take turns.
Failure BatchWriter::add_columns(const std::vector<MissingColumn>& missing) {
  std::string changes;
  for (const MissingColumn& column : missing) {
    changes += (changes.empty() ? "" : ", ") + std::string("ADD COLUMN IF NOT EXISTS ") +
               quoted_name(column.name) + " " + column.type;
  }
  const Failure failure = connection_.execute(settings_ + "SELECT pg_advisory_xact_lock(hashtext(" +
                                              literal(options_.layout.table) + "));ALTER TABLE " +
                                              options_.layout.table + " " + changes);
  if (failure) layouts_.clear();
  return failure;
}

Failure BatchWriter::write_checked(const Batch& batch) {
  if (staged_left_ == 0) {
    const Failure failure = write_directly(batch);
    if (!failure || !blames_rows(failure)) return failure;
    written_.refused_whole = true;
    staged_left_ = kStagedAfterRefusal;
  }
  --staged_left_;
  return write_staged(batch);
}

bool BatchWriter::blames_rows(const Failure& failure) {
  if (failure.blame != Blame::kUnknown) return failure.blame == Blame::kRows;
  note_unknown_failure();
  return unknown_failures_ > kTriesOfUnknown || evidence_->is_proven(failure.state);
}

// Nothing is expected of a session, which a pooler may give to anybody between transactions.
std::string BatchWriter::settings_sql() const {
  std::string sql = settings_;
  if (layout_->plan.has_text_to_read()) {
    sql +=
        "SET LOCAL TimeZone = 'UTC';SET LOCAL DateStyle = 'ISO, MDY';"
        "SET LOCAL IntervalStyle = 'postgres';SET LOCAL array_nulls = on;"
        "SET LOCAL xmloption = 'content';";
  }
  return sql;
}

Failure BatchWriter::choose_settings() {
  forget_table();
  settings_ = "SET LOCAL statement_timeout = 30000;";
  // A range that a dead connection was storing is waited for; so the server must notice its death.
  constexpr const char* kNoticeDeath =
      "SET LOCAL tcp_keepalives_idle = 10;SET LOCAL tcp_keepalives_interval = 5;"
      "SET LOCAL tcp_keepalives_count = 4;SET LOCAL tcp_user_timeout = 30000;";
  if (options_.ledger) settings_ += kNoticeDeath;
  // The role's own, whatever somebody else has set in a session of the pooler; and temporary tables
  // of theirs do not count.
  std::string path, limit;
  Failure failure = connection_.execute(
      "BEGIN;SET LOCAL search_path TO DEFAULT;SELECT current_setting('search_path'), "
      "current_setting('timescaledb.max_tuples_decompressed_per_dml_transaction', true)",
      [&](const PGresult* result) {
        path = PQgetvalue(result, 0, 0);
        limit = PQgetvalue(result, 0, 1);
      });
  if (failure) return failure;
  // Late rows with a key make the server decompress what may have it, and a batch is all that they
  // are; statement_timeout bounds it.
  if (!limit.empty()) {
    settings_ += "SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction = 0;";
  }
  settings_ += "SET LOCAL search_path = " + path + (path.empty() ? "" : ", ") + "pg_temp;";
  // A statement whose client is gone should end, and let go of its locks. Servers before 14 do not
  // know the setting, others may lack what it needs.
  constexpr const char* kCheckClient = "SET LOCAL client_connection_check_interval = 5000;";
  if (!connection_.execute(kCheckClient)) settings_ += kCheckClient;
  return connection_.is_open() ? connection_.execute("ROLLBACK") : failure;
}

// A WAL file's name begins with the timeline (PostgreSQL "Backup Control Functions").
void BatchWriter::notice_promotion() {
  std::string timeline;
  const Failure failure = connection_.execute(
      "SELECT CASE WHEN NOT pg_is_in_recovery() THEN "
      "left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END",
      [&](const PGresult* result) { timeline = PQgetvalue(result, 0, 0); });
  if (failure || timeline.empty()) return;
  const std::string before = evidence_->change_timeline(timeline);
  if (before.empty()) return;
  context_.warn("a standby was promoted (timeline " + timeline + ", before " + before +
                "): what the former server had committed and not sent on yet is lost, unless "
                "replication is synchronous (synchronous_standby_names)");
}

// By COPY one round trip.
Failure BatchWriter::write_directly(const Batch& batch) {
  start_attempt();
  const std::string enter = enter_sql(batch);
  if (layout_->can_copy && options_.use_copy) return copy_directly(batch, enter);
  Failure failure = connection_.execute("BEGIN;" + settings_sql() + enter,
                                        [&](const PGresult* entered) { choose(batch, entered); });
  if (!failure) failure = insert(batch, false);
  return end_transaction(failure);
}

Failure BatchWriter::copy_directly(const Batch& batch, const std::string& enter) {
  const std::string sql = settings_sql() + (enter.empty() ? "" : enter + ";") +
                          layout_->statements.copy() + ";" + layout_->statements.check_version();
  return connection_.copy(
      sql,
      [&](const PGresult* entered) -> const Buffer<char>& {
        choose(batch, entered);
        encode_copy(BatchRows(batch, chosen_, found_), layout_->plan, false, buffer_);
        return buffer_;
      },
      [&](const PGresult* copied) { stored_rows_ = count_of(copied); });
}

Failure BatchWriter::insert(const Batch& batch, bool staged) {
  const BatchRows rows(batch, chosen_, found_);
  if (encode_arrays(rows, layout_->plan, staged, arrays_) == 0) return {};
  const Statements& statements = layout_->statements;
  return insert_arrays(
      staged ? statements.insert_into_stage() : statements.insert(), arrays_,
      [&](const PGresult* result) { stored_rows_ = staged ? 0 : count_of(result); });
}

Failure BatchWriter::insert_arrays(const std::string& sql, const std::vector<Buffer<char>>& arrays,
                                   const Connection::See& see) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const Buffer<char>& array : arrays) {
    values.push_back(array.data());
    lengths.push_back(static_cast<int>(array.size()));
  }
  return connection_.execute_binary(sql, values, lengths, see);
}

// The server says which rows it refuses; all others are stored. See stage.hpp.
Failure BatchWriter::write_staged(const Batch& batch) {
  start_attempt();
  Failure failure = fill_stage(batch);
  if (!failure) failure = store_staged(batch);
  return end_transaction(failure);
}

Failure BatchWriter::fill_stage(const Batch& batch) {
  const Statements& statements = layout_->statements;
  const std::string enter = enter_sql(batch);
  const std::string begin =
      "BEGIN;" + settings_sql() + begin_stage_sql(statements) + (enter.empty() ? "" : ";" + enter);
  const auto encoded = [&](const PGresult* entered) -> const Buffer<char>& {
    choose(batch, entered);
    encode_copy(BatchRows(batch, chosen_, found_), layout_->plan, true, buffer_);
    return buffer_;
  };
  if (options_.use_copy) return connection_.copy(begin + ";" + statements.copy_to_stage(), encoded);
  Failure failure =
      connection_.execute(begin, [&](const PGresult* entered) { choose(batch, entered); });
  return failure ? failure : insert(batch, true);
}

Failure BatchWriter::store_staged(const Batch& batch) {
  const int64_t staged = rows_to_write(batch);
  if (staged == 0) return {};
  StagedResult result;
  const std::string store = store_staged_sql(layout_->statements, staged);
  Failure failure;
  while (!failure && !result.is_done) {
    failure =
        connection_.execute(store, [&](const PGresult* answer) { result = staged_result(answer); });
  }
  if (!failure) failure = fault_of_table(result.refusals, staged);
  if (failure) return failure;
  const std::vector<RefusedRow> refused = rows_of(batch, result.refusals);
  if (options_.ledger) {
    const std::string keep =
        options_.ledger->keep_refused_sql(batch, refused, connection_.is_utf8());
    if (!keep.empty()) failure = connection_.execute(keep);
  }
  if (!refused.empty()) {
    staged_left_ = kStagedAfterRefusal;
    warn_if_all(refused, staged);
  }
  stored_rows_ = result.stored;
  refused_ = refused;
  return failure;
}

// Where some rows of a batch are stored, the others are at fault. Where none is, it may be the
// table: unless the errors are of classes that only rows have, or the table takes a good row.
Failure BatchWriter::fault_of_table(const std::vector<StagedRefusal>& refusals, int64_t of) {
  if (static_cast<int64_t>(refusals.size()) < of) {
    for (const StagedRefusal& each : refusals) evidence_->prove(each.state);
    return {};
  }
  const auto other = std::find_if(refusals.begin(), refusals.end(), [](const auto& each) {
    return blame_of(each.state) != Blame::kRows;
  });
  if (other == refusals.end()) return {};
  bool takes_it = false;
  if (Failure failure = try_good_row(takes_it)) return failure;
  if (takes_it) return {};
  takes_none_ = true;
  return {"the table takes none of " + std::to_string(of) + " rows: " + other->message +
              " (SQLSTATE " + other->state + ")",
          other->state, Blame::kUnknown};
}

// A row that it has, of this run or else its newest, is inserted again and taken back: as it is,
// and as of now, when no key has it and it is not late. If rules of the rows' keep out both, that
// says nothing of the table; then it counts whether another lane has stored something meanwhile.
Failure BatchWriter::try_good_row(bool& takes_it) {
  bool says_nothing = true;
  for (const bool now : {false, true}) {
    Failure refusal;
    if (Failure failure = insert_good_row(now, takes_it, refusal)) return failure;
    if (refusal && refusal.blame != Blame::kRows) says_nothing = false;
  }
  if (says_nothing && unknown_failures_ > 0) {
    takes_it = takes_it || evidence_->stored > stored_at_failure_;
  }
  if (!takes_it) note_unknown_failure();
  return {};
}

// In a transaction, which goes on without it. `refusal`: what the server said, if anything.
Failure BatchWriter::insert_good_row(bool now, bool& takes_it, Failure& refusal) {
  const std::shared_ptr<const GoodRow> row = evidence_->good_row();
  const std::string again = row ? (now ? row->insert_now : row->insert)
                                : layout_->statements.insert_again(Statements::Row::kNewest, now);
  if (again.empty()) return {};
  const std::string begin = "SAVEPOINT penstock_good;" + (row ? row->settings : "");
  if (Failure failure = connection_.execute(begin)) return failure;
  // An empty table has no newest; a given row may be passed over.
  const auto see = [&](const PGresult* result) { takes_it |= row || count_of(result) > 0; };
  refusal = row ? insert_arrays(again, row->values, see) : connection_.execute(again, see);
  if (!connection_.is_open()) return refusal;
  return connection_.execute("ROLLBACK TO SAVEPOINT penstock_good");
}

void BatchWriter::note_unknown_failure() {
  ++unknown_failures_;
  stored_at_failure_ = evidence_->stored;
}

// The last that was stored; where a trigger or a key may have passed it over, none.
void BatchWriter::keep_good_row(const Batch& batch) {
  if (stored_rows_ == 0 || stored_rows_ < rows_to_write(batch) - count_in(refused_, chosen_))
    return;
  std::set<std::pair<size_t, int64_t>> refused;
  for (const RefusedRow& row : refused_) refused.emplace(row.chunk, row.row);
  std::pair<size_t, int32_t> last;
  BatchRows(batch, chosen_, found_).for_each_block([&](size_t chunk, RowNumbers block) {
    for (const int32_t row : block) {
      if (!refused.contains({chunk, row})) last = {chunk, row};
    }
  });
  auto row = std::make_shared<GoodRow>();
  row->settings = settings_sql();
  row->insert = layout_->statements.insert_again(Statements::Row::kGiven, false);
  row->insert_now = layout_->statements.insert_again(Statements::Row::kGiven, true);
  encode_arrays(BatchRows(batch, last.first, last.second, found_), layout_->plan, false,
                row->values);
  evidence_->keep(std::move(row));
}

// The table is more likely at fault than the rows.
void BatchWriter::warn_if_all(const std::vector<RefusedRow>& refused, int64_t of) {
  if (static_cast<int64_t>(refused.size()) < of || of < 2) return;
  context_.warn("the database refused all " + std::to_string(of) +
                " rows of a batch; is the table what the pipeline expects? The first: " +
                refused.front().reason + " (" + refused.front().detail + ")");
}

// The stage's numbers count the rows that were written there, in their order.
std::vector<RefusedRow> BatchWriter::rows_of(const Batch& batch,
                                             const std::vector<StagedRefusal>& refusals) const {
  std::vector<RefusedRow> rows;
  auto next = refusals.begin();
  int64_t number = 0;
  BatchRows(batch, chosen_, found_).for_each_block([&](size_t chunk, RowNumbers block) {
    for (const int32_t row : block) {
      if (next == refusals.end() || next->number != number++) continue;
      rows.push_back(
          {chunk, row, next->message,
           (next->column.empty() ? "" : next->column + ", ") + "SQLSTATE " + next->state});
      ++next;
    }
  });
  return rows;
}

Failure BatchWriter::end_transaction(const Failure& attempt) {
  Failure failure = attempt;
  if (!failure) failure = connection_.execute(layout_->statements.check_version() + ";COMMIT");
  if (!failure) return {};
  if (connection_.is_open() && connection_.execute("ROLLBACK")) connection_.close();
  return failure;
}

// What is stored already may have had refused rows, which perhaps never got out by `rejected`.
Failure BatchWriter::find_refused_before(const Batch& batch) {
  return connection_.execute(settings_ + options_.ledger->refused_sql(batch, skipped_),
                             [&](const PGresult* result) {
                               for (RefusedRow& row : options_.ledger->refused(batch, result)) {
                                 refused_.push_back(std::move(row));
                               }
                             });
}

std::string BatchWriter::enter_sql(const Batch& batch) const {
  return options_.ledger ? options_.ledger->enter_sql(batch, parts_.next()) : "";
}

// The chunks that the ledger did not have.
void BatchWriter::choose(const Batch& batch, const PGresult* entered) {
  if (!options_.ledger) return;
  Ledger::Choice choice = options_.ledger->unstored(batch, parts_.next(), entered);
  for (size_t i = 0; i < batch.chunks(); ++i) {
    if (!is_chosen(parts_.next(), i) || is_chosen(choice.chunks, i)) continue;
    skipped_.resize(batch.chunks());
    skipped_[i] = true;
  }
  if (choice.uncertain > 0) {
    context_.warn(
        "rows that were made of several batches are stored in part already; they are "
        "stored again rather than lost");
  }
  chosen_ = std::move(choice.chunks);
}

void BatchWriter::start_attempt() {
  stored_rows_ = 0;
  chosen_ = parts_.next();
  skipped_.clear();
  refused_.clear();
}

// What the ledger does not have and the check has not refused.
int64_t BatchWriter::rows_to_write(const Batch& batch) const {
  return timescale_sink::rows_of(batch, chosen_) - count_in(found_.refused, chosen_);
}

void BatchWriter::tally(const Batch& batch) {
  const int64_t written = rows_to_write(batch) - count_in(refused_, chosen_);
  const int64_t stored = std::min(stored_rows_, written);
  written_.stored += stored;
  written_.passed_over += written - stored;
  if (!skipped_.empty()) {
    written_.skipped += timescale_sink::rows_of(batch, skipped_) -
                        count_in(found_.refused, skipped_) - count_in(refused_, skipped_);
  }
  for (const RefusedRow& row : found_.refused) {
    if (is_chosen(parts_.next(), row.chunk)) written_.refused.push_back(row);
  }
  written_.refused.insert(written_.refused.end(), refused_.begin(), refused_.end());
}

void BatchWriter::prune_ledger() {
  batches_since_pruned_ = 0;
  if (!options_.ledger) return;
  const std::string sql = options_.ledger->prune_sql();
  if (sql.empty() && looked_for_strangers_) return;
  if (!sql.empty() && !connection_.execute(settings_ + sql)) options_.ledger->pruned();
  look_for_strangers();
}

void BatchWriter::look_for_strangers() {
  const std::string sql = options_.ledger->strangers_sql();
  if (sql.empty()) return;
  std::string words;
  const Failure failure = connection_.execute(settings_ + sql, [&](const PGresult* result) {
    words = options_.ledger->strangers_words(result);
  });
  looked_for_strangers_ = !failure;
  if (!words.empty()) context_.warn(words);
}

}  // namespace timescale_sink
