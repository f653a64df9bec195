#include "batch_writer.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "array_encoder.hpp"
#include "copy_encoder.hpp"
#include "good_row.hpp"
#include "shared.hpp"
#include "store_staged.hpp"

namespace timescale_sink {
namespace {

using penstock::Batch;

// So many batches after a refused row are staged at once: where such rows are frequent, a batch is
// sent once, not twice.
constexpr int kStagedAfterRefusal = 50;

// Statement cancelled, such as by its timeout; out of memory; a limit such as TimescaleDB's of
// tuples to decompress.
constexpr std::array<std::string_view, 3> kTooMuchAtOnce{"57014", "53200", "53400"};

bool is_too_much_at_once(const Failure& failure) {
  return std::find(kTooMuchAtOnce.begin(), kTooMuchAtOnce.end(), failure.state) !=
         kTooMuchAtOnce.end();
}

Failure copy_directly(Attempt& attempt) {
  Lane& lane = attempt.lane;
  const Statements& statements = attempt.layout.statements;
  const std::string enter = attempt.enter_sql();
  const std::string sql = attempt.settings_sql() + (enter.empty() ? "" : enter + ";") +
                          statements.copy() + ";" + lane.settings.restore_sql() +
                          statements.check_version();
  Result entered, copied;
  if (Failure failure = lane.connection.begin_copy(sql, entered)) return failure;
  attempt.choose(entered.get());
  encode_copy(attempt.rows(), attempt.layout.plan, false, lane.copy_data);
  if (Failure failure = lane.connection.send_copy(lane.copy_data, copied)) return failure;
  attempt.stored = count_of(copied.get());
  return {};
}

Failure insert_directly(Attempt& attempt) {
  Lane& lane = attempt.lane;
  const std::string begin = "BEGIN;" + attempt.settings_sql() + attempt.enter_sql();
  Result entered, inserted;
  if (Failure failure = lane.connection.execute(begin, entered)) return failure;
  attempt.choose(entered.get());
  if (encode_arrays(attempt.rows(), attempt.layout.plan, false, lane.arrays) == 0) return {};
  const std::string& insert = attempt.layout.insert;
  if (Failure failure = lane.connection.execute_binary(insert, lane.arrays, inserted)) {
    return failure;
  }
  attempt.stored = count_of(inserted.get());
  return {};
}

// Into the table itself: by COPY, in one round trip, or by INSERT. One refused row fails it.
Attempt store_directly(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part) {
  Attempt attempt(lane, batch, part);
  if (lane.use_copy && batch.layout.can_copy) {
    attempt.failure = copy_directly(attempt);
  } else {
    attempt.failure = insert_directly(attempt);
    attempt.end_transaction();
  }
  return attempt;
}

}  // namespace

BatchWriter::BatchWriter(Options options, Connection& connection, penstock::Context& context)
    : table_key_(std::move(options.table_key)),
      failover_(shared_by<Failover>(options.sink_key)),
      lane_{.connection = connection,
            .context = context,
            .use_copy = options.use_copy,
            .settings = SessionSettings(connection, options.ledger.has_value()),
            .ledger = std::move(options.ledger)},
      layouts_(std::move(options.layout), connection, lane_.settings),
      ledger_maintenance_(lane_) {}

Failure BatchWriter::meet_server() {
  layouts_.forget();
  if (Failure failure = lane_.settings.choose()) return failure;
  const std::string words = failover_->notice(lane_.connection, lane_.settings.sql(),
                                              lane_.ledger ? &*lane_.ledger : nullptr);
  if (!words.empty()) lane_.context.warn(words);
  return {};
}

Failure BatchWriter::write(const Batch& batch) {
  is_table_at_fault_ = false;
  Failure failure = write_parts(batch);
  if (!Statements::says_changed(failure.message)) return failure;
  layouts_.forget();
  Failure again = write_parts(batch);
  if (!Statements::says_changed(again.message)) return again;
  return {"table " + layout_rules().table + " keeps changing while rows are written", "",
          Blame::kUnknown};
}

Failure BatchWriter::write_parts(const Batch& batch) {
  const Layout* layout = nullptr;
  if (Failure failure = layouts_.find(batch, layout)) return failure;
  const CheckedBatch checked{batch, *layout, whose_fault_of(layout->insert),
                             check_rows(batch, layout->plan)};
  checked.whose_fault.begin();
  if (!parts_.resume(batch)) written_ = {};
  while (!parts_.is_done()) {
    Failure failure = write_part(checked);
    // After a broken connection there is a new server to meet first.
    if (is_too_much_at_once(failure) && lane_.connection.is_open() && takes_less(failure)) continue;
    if (failure) {
      is_table_at_fault_ = checked.whose_fault.is_table();
      if (failure.blame != Blame::kServer) layouts_.forget();
      return failure;
    }
    parts_.pass(batch);
  }
  written_.mended = checked.findings.mended_rows;
  lane_.settings.set_timeout_factor(1);
  ledger_maintenance_.note(batch);
  return {};
}

// Half of the chunks, or if there is only one, twice the time.
bool BatchWriter::takes_less(const Failure& failure) {
  constexpr int kMaxTimeoutFactor = 16;  // 8 minutes
  if (parts_.halve()) return true;
  if (failure.state == "57014") {
    const int factor = 2 * lane_.settings.timeout_factor();
    lane_.settings.set_timeout_factor(std::min(factor, kMaxTimeoutFactor));
  }
  return false;
}

Failure BatchWriter::write_part(const CheckedBatch& batch) {
  Attempt attempt = attempt_part(batch);
  if (!attempt.refused.empty()) staged_left_ = kStagedAfterRefusal;
  if (!attempt.failure && !attempt.skipped.empty()) attempt.find_refused_before();
  if (attempt.failure) return attempt.failure;
  if (lane_.ledger) failover_->note_committed(batch.batch, attempt.part);
  // Without a rule for keys only the table's own triggers and rules pass rows over.
  const bool counts_all = layout_rules().conflict.action == OnConflict::kError;
  batch.whose_fault.stored(counts_all ? attempt.rows_taken() : attempt.stored);
  if (batch.whose_fault.wants_good_row()) keep_good_row(attempt);
  tally(attempt);
  return {};
}

Attempt BatchWriter::attempt_part(const CheckedBatch& batch) {
  if (staged_left_ == 0) {
    Attempt attempt = store_directly(lane_, batch, parts_.next());
    if (!attempt.failure || !batch.whose_fault.may_be_rows(attempt.failure)) return attempt;
    written_.refused_whole = true;
    staged_left_ = kStagedAfterRefusal;
  }
  --staged_left_;
  return store_staged(lane_, batch, parts_.next());
}

WhoseFault& BatchWriter::whose_fault_of(const std::string& insert) {
  const auto known = whose_faults_.find(insert);
  if (known != whose_faults_.end()) return known->second;
  const std::shared_ptr evidence = shared_by<Evidence>(table_key_ + " " + insert);
  return whose_faults_.try_emplace(insert, lane_.connection, evidence).first->second;
}

void BatchWriter::tally(const Attempt& attempt) {
  const int64_t taken = attempt.rows_taken();
  const int64_t stored = std::min(attempt.stored, taken);
  const std::vector<RefusedRow>& checked = attempt.findings.refused;
  written_.stored += stored;
  written_.passed_over += taken - stored;
  if (!attempt.skipped.empty()) {
    written_.skipped += rows_of(attempt.batch, attempt.skipped) -
                        count_in(checked, attempt.skipped) -
                        count_in(attempt.refused, attempt.skipped);
  }
  for (const RefusedRow& row : checked) {
    if (is_chosen(attempt.part, row.chunk)) written_.refused.push_back(row);
  }
  written_.refused.insert(written_.refused.end(), attempt.refused.begin(), attempt.refused.end());
}

}  // namespace timescale_sink
