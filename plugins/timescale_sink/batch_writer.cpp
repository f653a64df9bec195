#include "batch_writer.hpp"

#include <algorithm>
#include <utility>

#include "insert_writer.hpp"

namespace timescale_sink {
namespace {

using penstock::Batch;
using penstock::Buffer;

// After a refused row this many batches go by the stage at once, so that where such rows are
// frequent a batch is sent once, not twice.
constexpr int kStagedAfterRefusal = 50;
constexpr int kBatchesPerPruning = 200;

}  // namespace

BatchWriter::BatchWriter(Options options, Connection& connection, penstock::Context& context)
    : options_(std::move(options)),
      connection_(connection),
      context_(context),
      copy_("COPY " + options_.table + " (" + kColumnList + ") FROM STDIN (FORMAT binary)"),
      stage_(options_.table, options_.on_conflict, options_.conflict_key) {}

Failure BatchWriter::write(const Batch& batch) {
  found_ = check_rows(batch, options_.nul);
  Failure failure = write_checked(batch);
  if (!failure && skipped_rows_ > 0) failure = find_refused_before(batch);
  if (failure) return failure;
  tally(batch);
  if (!options_.ledger) return {};
  options_.ledger->note(batch, context_);
  if (++batches_since_pruned_ == kBatchesPerPruning || !looked_for_strangers_) prune_ledger();
  return {};
}

Failure BatchWriter::write_checked(const Batch& batch) {
  written_.refused_whole = false;
  if (options_.on_conflict == OnConflict::kError && staged_left_ == 0) {
    Failure failure = write_directly(batch);
    if (!failure.row_fault) return failure;
    written_.refused_whole = true;
    staged_left_ = kStagedAfterRefusal;
  }
  if (staged_left_ > 0) --staged_left_;
  return write_staged(batch);
}

// By COPY one round trip.
Failure BatchWriter::write_directly(const Batch& batch) {
  start_attempt();
  const std::string enter = enter_sql(batch);
  if (options_.use_copy) {
    const std::string sql = enter.empty() ? copy_ : enter + ";" + copy_;
    return connection_.copy(sql, [&](const PGresult* entered) -> const Buffer<char>& {
      choose(batch, entered);
      encode_copy(PointReader(batch, chosen_, found_), buffer_);
      return buffer_;
    });
  }
  Failure failure = connection_.execute("BEGIN;" + enter,
                                        [&](const PGresult* entered) { choose(batch, entered); });
  if (!failure) {
    failure =
        insert_points(connection_, options_.table, false, PointReader(batch, chosen_, found_));
  }
  return end_transaction(failure);
}

// The server says which rows it refuses; all others are stored. See stage.hpp.
Failure BatchWriter::write_staged(const Batch& batch) {
  start_attempt();
  const std::string enter = enter_sql(batch);
  const std::string begin = "BEGIN;" + stage_.prepare_sql() + (enter.empty() ? "" : ";" + enter);
  Failure failure;
  if (options_.use_copy) {
    failure = connection_.copy(begin + ";" + stage_.copy_sql(),
                               [&](const PGresult* entered) -> const Buffer<char>& {
                                 choose(batch, entered);
                                 encode_staged(PointReader(batch, chosen_, found_), buffer_);
                                 return buffer_;
                               });
  } else {
    failure = connection_.execute(begin, [&](const PGresult* entered) { choose(batch, entered); });
    if (!failure) {
      failure =
          insert_points(connection_, Stage::kTable, true, PointReader(batch, chosen_, found_));
    }
  }
  if (!failure) failure = store_staged(batch);
  return end_transaction(failure);
}

Failure BatchWriter::store_staged(const Batch& batch) {
  const int64_t staged = rows_to_write(batch);
  if (staged == 0) return {};
  std::vector<RefusedRow> refused;
  Failure failure = connection_.execute(stage_.store_sql(staged), [&](const PGresult* result) {
    refused = rows_of(batch, Stage::refusals(result));
  });
  if (!failure && options_.ledger) {
    const std::string keep = options_.ledger->keep_refused_sql(batch, refused);
    if (!keep.empty()) failure = connection_.execute(keep);
  }
  if (!failure && !refused.empty()) {
    staged_left_ = kStagedAfterRefusal;
    warn_if_all(refused, staged);
  }
  found_.refused.insert(found_.refused.end(), refused.begin(), refused.end());
  return failure;
}

// The stage's numbers count the rows that were written there, in their order.
std::vector<RefusedRow> BatchWriter::rows_of(const Batch& batch,
                                             const std::vector<StagedRefusal>& refusals) const {
  std::vector<RefusedRow> rows;
  auto next = refusals.begin();
  int64_t number = 0;
  PointReader(batch, chosen_, found_).for_each([&](const PointView& point) {
    if (next == refusals.end() || next->number != number++) return;
    rows.push_back({point.chunk, point.row, next->message,
                    (next->column.empty() ? "" : next->column + ", ") + "SQLSTATE " + next->state});
    ++next;
  });
  return rows;
}

Failure BatchWriter::end_transaction(const Failure& failure) {
  if (!failure) return connection_.execute("COMMIT");
  if (connection_.is_open() && connection_.execute("ROLLBACK")) connection_.close();
  return failure;
}

// What is stored already may have had refused rows, which perhaps never got out by `rejected`.
Failure BatchWriter::find_refused_before(const Batch& batch) {
  return connection_.execute(options_.ledger->refused_sql(batch, chosen_),
                             [&](const PGresult* result) {
                               for (RefusedRow& row : options_.ledger->refused(batch, result)) {
                                 found_.refused.push_back(std::move(row));
                               }
                             });
}

std::string BatchWriter::enter_sql(const Batch& batch) const {
  return options_.ledger ? options_.ledger->enter_sql(batch) : "";
}

// The chunks that the ledger did not have.
void BatchWriter::choose(const Batch& batch, const PGresult* entered) {
  if (!options_.ledger) return;
  Ledger::Choice choice = options_.ledger->unstored(batch, entered);
  for (size_t i = 0; i < batch.chunks(); ++i) {
    if (!choice.chunks[i]) skipped_rows_ += batch.chunk(i).length;
  }
  if (choice.uncertain > 0) {
    context_.warn(
        "rows that were made of several batches are stored in part already; they are "
        "stored again rather than lost");
  }
  chosen_ = std::move(choice.chunks);
}

void BatchWriter::start_attempt() {
  skipped_rows_ = 0;
  chosen_.clear();
}

// Every row of a batch: the table is more likely at fault than the rows.
void BatchWriter::warn_if_all(const std::vector<RefusedRow>& refused, int64_t of) {
  if (static_cast<int64_t>(refused.size()) < of || of < 2) return;
  context_.warn("the database refused all " + std::to_string(of) +
                " rows of a batch; is the table what the pipeline expects? The first: " +
                refused.front().reason + " (" + refused.front().detail + ")");
}

// What the ledger does not have and nobody has refused so far.
int64_t BatchWriter::rows_to_write(const Batch& batch) const {
  return batch.rows() - skipped_rows_ -
         std::count_if(found_.refused.begin(), found_.refused.end(), [&](const RefusedRow& row) {
           return chosen_.empty() || chosen_[row.chunk];
         });
}

void BatchWriter::tally(const Batch& batch) {
  written_.stored = rows_to_write(batch);
  written_.skipped = batch.rows() - written_.stored - static_cast<int64_t>(found_.refused.size());
  written_.mended = found_.mended_rows;
  written_.refused = std::move(found_.refused);
}

void BatchWriter::prune_ledger() {
  batches_since_pruned_ = 0;
  if (!options_.ledger) return;
  const std::string sql = options_.ledger->prune_sql();
  if (sql.empty() && looked_for_strangers_) return;
  if (!sql.empty() && !connection_.execute(sql)) options_.ledger->pruned();
  look_for_strangers();
}

void BatchWriter::look_for_strangers() {
  const std::string sql = options_.ledger->strangers_sql();
  if (sql.empty()) return;
  std::string words;
  const Failure failure = connection_.execute(
      sql, [&](const PGresult* result) { words = options_.ledger->strangers_words(result); });
  looked_for_strangers_ = !failure;
  if (!words.empty()) context_.warn(words);
}

}  // namespace timescale_sink
