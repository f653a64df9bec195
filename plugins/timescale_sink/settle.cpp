#include "settle.hpp"

namespace timescale_sink {
namespace {

// The refusals' numbers count the rows that were written, in their order.
std::vector<RefusedRow> refused_rows(const Attempt& attempt,
                                     const std::vector<StagedRefusal>& refusals) {
  std::vector<RefusedRow> rows;
  auto next = refusals.begin();
  int64_t number = 0;
  attempt.rows().for_each_block([&](size_t chunk, RowNumbers block) {
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

Failure keep_in_ledger(const Attempt& attempt) {
  Lane& lane = attempt.lane;
  if (!lane.ledger) return {};
  const std::string keep =
      lane.ledger->keep_refused_sql(attempt.batch, attempt.refused, lane.connection.is_utf8());
  return keep.empty() ? Failure() : lane.connection.execute(keep);
}

// The table is more likely at fault than the rows.
void warn_if_all(const Attempt& attempt, int64_t written) {
  if (static_cast<int64_t>(attempt.refused.size()) < written || written < 2) return;
  const RefusedRow& first = attempt.refused.front();
  attempt.lane.context.warn("the database refused all " + std::to_string(written) +
                            " rows of a batch; is the table what the pipeline expects? The "
                            "first: " +
                            first.reason + " (" + first.detail + ")");
}

Failure settle(Attempt& attempt, const StagedResult& result, int64_t written) {
  const Statements& statements = attempt.layout.statements;
  if (Failure failure = attempt.whose_fault.judge(result.refusals, written, statements)) {
    return failure;
  }
  attempt.stored = result.stored;
  attempt.refused = refused_rows(attempt, result.refusals);
  Failure failure = keep_in_ledger(attempt);
  warn_if_all(attempt, written);
  return failure;
}

}  // namespace

// If the table seems at fault, it may have been repaired before the judge found that it takes a
// good row: then the rows are tried once more.
Failure store_and_settle(Attempt& attempt, StoreRows store_rows) {
  const int64_t written = attempt.rows_to_write();
  StagedResult result;
  Failure failure = store_rows(attempt, result);
  if (!failure && WhoseFault::needs_proof(result.refusals, written)) {
    failure = attempt.whose_fault.judge(result.refusals, written, attempt.layout.statements);
    result.is_done = false;
    if (!failure) failure = store_rows(attempt, result);
  }
  return failure ? failure : settle(attempt, result, written);
}

}  // namespace timescale_sink
