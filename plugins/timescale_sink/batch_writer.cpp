#include "batch_writer.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "array_encoder.hpp"
#include "copy_encoder.hpp"
#include "shared.hpp"

namespace timescale_sink {
namespace {

using penstock::Batch;

// After a refused row this many batches go by the stage at once, so that where such rows are
// frequent a batch is sent once, not twice.
constexpr int kStagedAfterRefusal = 50;
constexpr int kBatchesPerPruning = 200;
constexpr int kMostPatience = 16;  // 8 minutes
// Statement cancelled, such as by its timeout; out of memory; a limit such as TimescaleDB's of
// tuples to decompress.
constexpr std::array<std::string_view, 3> kTooMuchAtOnce{"57014", "53200", "53400"};

bool is_too_much_at_once(const Failure& failure) {
  return std::find(kTooMuchAtOnce.begin(), kTooMuchAtOnce.end(), failure.state) !=
         kTooMuchAtOnce.end();
}

}  // namespace

BatchWriter::BatchWriter(Options options, Connection& connection, penstock::Context& context)
    : options_(std::move(options)),
      connection_(connection),
      context_(context),
      failover_(shared_by<Failover>(options_.sink_key)),
      settings_(connection, options_.ledger.has_value()),
      layouts_(options_.layout, connection, settings_) {}

Failure BatchWriter::write(const Batch& batch) {
  whose_fault_ = nullptr;
  const Failure failure = write_parts(batch);
  if (!Statements::says_changed(failure.message)) return failure;
  layouts_.forget();
  const Failure again = write_parts(batch);
  if (!Statements::says_changed(again.message)) return again;
  return {"table " + options_.layout.table + " changes again and again while rows are written", "",
          Blame::kUnknown};
}

Failure BatchWriter::write_parts(const Batch& batch) {
  if (Failure failure = find_layout(batch)) return failure;
  found_ = check_rows(batch, layout_->plan);
  if (!parts_.resume(batch)) written_ = {};
  while (!parts_.is_done()) {
    const Failure failure = write_part(batch);
    // A session that broke is met anew first.
    if (is_too_much_at_once(failure) && connection_.is_open() && takes_less(failure)) continue;
    if (failure) {
      if (failure.blame != Blame::kServer) layouts_.forget();
      return failure;
    }
    tally(batch);
    parts_.pass(batch);
  }
  written_.mended = found_.mended_rows;
  if (patience_ > 1) set_patience(1);
  if (!options_.ledger) return {};
  options_.ledger->note(batch, context_);
  if (++batches_since_pruned_ == kBatchesPerPruning || !looked_for_strangers_) prune_ledger();
  return {};
}

// Half of the chunks, or where it is one, twice the time.
bool BatchWriter::takes_less(const Failure& failure) {
  if (parts_.halve()) return true;
  if (failure.state == "57014") set_patience(std::min(2 * patience_, kMostPatience));
  return false;
}

void BatchWriter::set_patience(int times) {
  patience_ = times;
  connection_.set_patience(times);
}

Failure BatchWriter::write_part(const Batch& batch) {
  Failure failure = write_checked(batch);
  if (!failure && !skipped_.empty()) failure = find_refused_before(batch);
  if (failure) return failure;
  if (options_.ledger) failover_->note_committed(batch, parts_.next());
  // Without a rule for keys only the table's own triggers and rules pass rows over.
  const bool counts_all = options_.layout.conflict.action == OnConflict::kError;
  whose_fault_->stored(counts_all ? rows_taken(batch) : stored_rows_);
  if (whose_fault_->wants_good_row()) keep_good_row(batch);
  return {};
}

Failure BatchWriter::find_layout(const Batch& batch) {
  if (Failure failure = layouts_.find(batch, layout_)) return failure;
  whose_fault_ = &whose_fault_of(layout_->insert);
  whose_fault_->begin();
  return {};
}

WhoseFault& BatchWriter::whose_fault_of(const std::string& insert) {
  const auto known = whose_faults_.find(insert);
  if (known != whose_faults_.end()) return known->second;
  const std::shared_ptr evidence = shared_by<Evidence>(options_.table_key + " " + insert);
  return whose_faults_.try_emplace(insert, connection_, evidence).first->second;
}

Failure BatchWriter::write_checked(const Batch& batch) {
  if (staged_left_ == 0) {
    const Failure failure = write_directly(batch);
    if (!failure || !whose_fault_->may_be_rows(failure)) return failure;
    written_.refused_whole = true;
    staged_left_ = kStagedAfterRefusal;
  }
  --staged_left_;
  return write_staged(batch);
}

std::string BatchWriter::settings_sql() const {
  const std::string sql =
      layout_->plan.has_text_to_read() ? settings_.sql_to_read_text() : settings_.sql();
  if (patience_ == 1) return sql;
  return sql + "SET LOCAL statement_timeout = " + std::to_string(30'000 * patience_) + ";";
}

Failure BatchWriter::meet_server() {
  layouts_.forget();
  if (Failure failure = settings_.choose()) return failure;
  const std::string words = failover_->notice(connection_, settings_.sql(),
                                              options_.ledger ? &*options_.ledger : nullptr);
  if (!words.empty()) context_.warn(words);
  return {};
}

// By COPY one round trip.
Failure BatchWriter::write_directly(const Batch& batch) {
  start_attempt();
  const std::string enter = enter_sql(batch);
  if (layout_->can_copy && options_.use_copy) return copy_directly(batch, enter);
  Result entered;
  Failure failure = connection_.execute("BEGIN;" + settings_sql() + enter, entered);
  if (!failure) {
    choose(batch, entered.get());
    failure = insert(batch, false);
  }
  return end_transaction(failure);
}

Failure BatchWriter::copy_directly(const Batch& batch, const std::string& enter) {
  const std::string sql = settings_sql() + (enter.empty() ? "" : enter + ";") +
                          layout_->statements.copy() + ";" + settings_.restore_sql() +
                          layout_->statements.check_version();
  Result entered, copied;
  if (Failure failure = connection_.begin_copy(sql, entered)) return failure;
  choose(batch, entered.get());
  encode_copy(BatchRows(batch, chosen_, found_), layout_->plan, false, buffer_);
  if (Failure failure = connection_.send_copy(buffer_, copied)) return failure;
  stored_rows_ = count_of(copied.get());
  return {};
}

Failure BatchWriter::insert(const Batch& batch, bool staged) {
  const BatchRows rows(batch, chosen_, found_);
  if (encode_arrays(rows, layout_->plan, staged, arrays_) == 0) return {};
  Result inserted;
  const Failure failure = connection_.execute_binary(
      staged ? layout_->statements.insert_into_stage() : layout_->insert, arrays_, inserted);
  if (!failure && !staged) stored_rows_ = count_of(inserted.get());
  return failure;
}

// The server says which rows it refuses; all others are stored. See stage.hpp.
Failure BatchWriter::write_staged(const Batch& batch) {
  start_attempt();
  Failure failure = fill_stage(batch);
  const bool is_unfit = failure.blame == Blame::kRows;
  if (!failure) failure = store_staged(batch);
  failure = end_transaction(failure);
  return is_unfit && connection_.is_open() ? write_one_by_one(batch) : failure;
}

// Where a row is too big even for the stage.
Failure BatchWriter::write_one_by_one(const Batch& batch) {
  start_attempt();
  Result entered;
  Failure failure = connection_.execute(
      "BEGIN;" + settings_sql() + "SET CONSTRAINTS ALL IMMEDIATE;" + enter_sql(batch), entered);
  if (!failure) {
    choose(batch, entered.get());
    failure =
        store_what_fits(batch, [&](StagedResult& result) { return insert_rows(batch, result); });
  }
  return end_transaction(failure);
}

Failure BatchWriter::insert_rows(const Batch& batch, StagedResult& result) {
  result = {};
  Failure failure;
  int64_t number = 0;
  BatchRows(batch, chosen_, found_).for_each_block([&](size_t chunk, RowNumbers block) {
    for (const int32_t row : block) {
      if (failure) return;
      encode_arrays(BatchRows(batch, chunk, row, found_), layout_->plan, false, arrays_);
      failure = insert_row(result, number++);
    }
  });
  return failure;
}

Failure BatchWriter::insert_row(StagedResult& result, int64_t number) {
  if (Failure failure = connection_.execute("SAVEPOINT penstock_row")) return failure;
  Result inserted;
  const Failure refusal = connection_.execute_binary(layout_->insert, arrays_, inserted);
  if (!refusal) {
    result.stored += count_of(inserted.get());
    return connection_.execute(settings_.restore_sql() + "RELEASE SAVEPOINT penstock_row");
  }
  if (refusal.blame == Blame::kServer) return refusal;
  result.refusals.push_back({number, refusal.state, "", refusal.message});
  return connection_.execute("ROLLBACK TO SAVEPOINT penstock_row");
}

Failure BatchWriter::fill_stage(const Batch& batch) {
  const Statements& statements = layout_->statements;
  const std::string enter = enter_sql(batch);
  const std::string begin =
      "BEGIN;" + settings_sql() + begin_stage_sql(statements) + (enter.empty() ? "" : ";" + enter);
  Result entered, copied;
  if (!options_.use_copy) {
    if (Failure failure = connection_.execute(begin, entered)) return failure;
    choose(batch, entered.get());
    return insert(batch, true);
  }
  const std::string copy = begin + ";" + statements.copy_to_stage();
  if (Failure failure = connection_.begin_copy(copy, entered)) return failure;
  choose(batch, entered.get());
  encode_copy(BatchRows(batch, chosen_, found_), layout_->plan, true, buffer_);
  return connection_.send_copy(buffer_, copied);
}

Failure BatchWriter::store_staged(const Batch& batch) {
  const int64_t staged = rows_to_write(batch);
  if (staged == 0) return {};
  return store_what_fits(batch, [&](StagedResult& result) { return store_slices(staged, result); });
}

// What kept all of them out may have been mended before the table took a good row; so they are
// tried once more after that. `store_rows` gets the result of the first try, or an empty one.
template <class StoreRows>
Failure BatchWriter::store_what_fits(const Batch& batch, StoreRows store_rows) {
  const int64_t rows = rows_to_write(batch);
  StagedResult result;
  Failure failure = store_rows(result);
  if (!failure && whose_fault_->needs_proof(result.refusals, rows)) {
    failure = whose_fault_->judge(result.refusals, rows, layout_->statements);
    result.is_done = false;
    if (!failure) failure = store_rows(result);
  }
  return failure ? failure : settle(batch, result, rows);
}

Failure BatchWriter::store_slices(int64_t staged, StagedResult& result) {
  const std::string store =
      store_staged_sql(layout_->statements, staged, settings_.restore_in_function());
  Failure failure;
  if (!result.refusals.empty()) failure = connection_.execute(kForgetRefused);
  while (!failure && !result.is_done) {
    Result refusals;
    failure = connection_.execute(store, refusals);
    if (!failure) result = staged_result(refusals.get());
  }
  return failure;
}

// In the transaction of `of` rows that were tried.
Failure BatchWriter::settle(const Batch& batch, const StagedResult& result, int64_t of) {
  Failure failure = whose_fault_->judge(result.refusals, of, layout_->statements);
  if (failure) return failure;
  const std::vector<RefusedRow> refused = rows_of(batch, result.refusals);
  if (options_.ledger) {
    const std::string keep =
        options_.ledger->keep_refused_sql(batch, refused, connection_.is_utf8());
    if (!keep.empty()) failure = connection_.execute(keep);
  }
  if (!refused.empty()) {
    staged_left_ = kStagedAfterRefusal;
    warn_if_all(refused, of);
  }
  stored_rows_ = result.stored;
  refused_ = refused;
  return failure;
}

// The last that was stored; where a key may have passed it over, none.
void BatchWriter::keep_good_row(const Batch& batch) {
  const int64_t taken = rows_taken(batch);
  const bool has_keys = options_.layout.conflict.action != OnConflict::kError;
  if (taken == 0 || (has_keys && stored_rows_ < taken)) return;
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
  encode_arrays(BatchRows(batch, last.first, last.second, found_), layout_->plan, false,
                row->values);
  whose_fault_->keep(std::move(row));
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
  if (!failure) {
    failure = connection_.execute(settings_.restore_sql() + layout_->statements.check_version() +
                                  ";COMMIT");
  }
  if (failure) connection_.roll_back();
  return failure;
}

// What is stored already may have had refused rows, which perhaps never got out by `rejected`.
Failure BatchWriter::find_refused_before(const Batch& batch) {
  Result kept;
  const std::string sql = settings_.sql() + options_.ledger->refused_sql(batch, skipped_);
  if (Failure failure = connection_.execute(sql, kept)) return failure;
  for (RefusedRow& row : options_.ledger->refused(batch, kept.get())) {
    refused_.push_back(std::move(row));
  }
  return {};
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

int64_t BatchWriter::rows_taken(const Batch& batch) const {
  return rows_to_write(batch) - count_in(refused_, chosen_);
}

void BatchWriter::tally(const Batch& batch) {
  const int64_t written = rows_taken(batch);
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
  if (!sql.empty() && !connection_.execute(settings_.sql() + sql)) options_.ledger->pruned();
  look_for_strangers();
}

void BatchWriter::look_for_strangers() {
  const std::string sql = options_.ledger->strangers_sql();
  if (sql.empty()) return;
  Result strangers;
  looked_for_strangers_ = !connection_.execute(settings_.sql() + sql, strangers);
  if (!looked_for_strangers_) return;
  const std::string words = options_.ledger->strangers_words(strangers.get());
  if (!words.empty()) context_.warn(words);
}

}  // namespace timescale_sink
