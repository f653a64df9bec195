#include "store_staged.hpp"

#include "array_encoder.hpp"
#include "copy_encoder.hpp"
#include "settle.hpp"
#include "store_row_by_row.hpp"

namespace timescale_sink {
namespace {

std::string begin_staged_sql(const Attempt& attempt) {
  const std::string enter = attempt.enter_sql();
  return "BEGIN;" + attempt.settings_sql() + begin_stage_sql(attempt.layout.statements) +
         (enter.empty() ? "" : ";" + enter);
}

Failure copy_to_stage(Attempt& attempt) {
  Lane& lane = attempt.lane;
  const std::string sql =
      begin_staged_sql(attempt) + ";" + attempt.layout.statements.copy_to_stage();
  Result entered, copied;
  if (Failure failure = lane.connection.begin_copy(sql, entered)) return failure;
  attempt.choose(entered.get());
  encode_copy(attempt.rows(), attempt.layout.plan, true, lane.copy_data);
  return lane.connection.send_copy(lane.copy_data, copied);
}

Failure insert_into_stage(Attempt& attempt) {
  Lane& lane = attempt.lane;
  Result entered, inserted;
  if (Failure failure = lane.connection.execute(begin_staged_sql(attempt), entered)) return failure;
  attempt.choose(entered.get());
  if (encode_arrays(attempt.rows(), attempt.layout.plan, true, lane.arrays) == 0) return {};
  return lane.connection.execute_binary(attempt.layout.statements.insert_into_stage(), lane.arrays,
                                        inserted);
}

Failure store_from_stage(Attempt& attempt, StagedResult& result) {
  Connection& connection = attempt.lane.connection;
  const std::string store = store_staged_sql(attempt.layout.statements, attempt.rows_to_write(),
                                             attempt.lane.settings.restore_in_function());
  Failure failure;
  if (!result.refusals.empty()) failure = connection.execute(kForgetRefused);
  while (!failure && !result.is_done) {
    Result refusals;
    failure = connection.execute(store, refusals);
    if (!failure) result = staged_result(refusals.get());
  }
  return failure;
}

}  // namespace

Attempt store_staged(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part) {
  Attempt attempt(lane, batch, part);
  attempt.failure = lane.use_copy ? copy_to_stage(attempt) : insert_into_stage(attempt);
  const bool is_unfit = attempt.failure.blame == Blame::kRows;
  if (!attempt.failure && attempt.rows_to_write() > 0) {
    attempt.failure = store_and_settle(attempt, store_from_stage);
  }
  attempt.end_transaction();
  if (is_unfit && lane.connection.is_open()) return store_row_by_row(lane, batch, part);
  return attempt;
}

}  // namespace timescale_sink
