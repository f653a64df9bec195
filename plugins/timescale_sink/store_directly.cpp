#include "store_directly.hpp"

#include "array_encoder.hpp"
#include "copy_encoder.hpp"

namespace timescale_sink {
namespace {

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

}  // namespace

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

}  // namespace timescale_sink
