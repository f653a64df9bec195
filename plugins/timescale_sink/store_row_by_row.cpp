#include "store_row_by_row.hpp"

#include "array_encoder.hpp"
#include "settle.hpp"

namespace timescale_sink {
namespace {

Failure begin_row_by_row(Attempt& attempt) {
  const std::string begin =
      "BEGIN;" + attempt.settings_sql() + "SET CONSTRAINTS ALL IMMEDIATE;" + attempt.enter_sql();
  Result entered;
  if (Failure failure = attempt.lane.connection.execute(begin, entered)) return failure;
  attempt.choose(entered.get());
  return {};
}

// The row that lane.arrays hold.
Failure insert_row(Attempt& attempt, int64_t number, StagedResult& result) {
  Connection& connection = attempt.lane.connection;
  if (Failure failure = connection.execute("SAVEPOINT penstock_row")) return failure;
  Result inserted;
  Failure refusal = connection.execute_binary(attempt.layout.insert, attempt.lane.arrays, inserted);
  if (!refusal) {
    result.stored += count_of(inserted.get());
    return connection.execute(attempt.lane.settings.restore_sql() +
                              "RELEASE SAVEPOINT penstock_row");
  }
  if (refusal.blame == Blame::kServer) return refusal;
  result.refusals.push_back({number, refusal.state, "", refusal.message});
  return connection.execute("ROLLBACK TO SAVEPOINT penstock_row");
}

Failure insert_rows(Attempt& attempt, StagedResult& result) {
  result = {};
  Failure failure;
  int64_t number = 0;
  attempt.rows().for_each_block([&](size_t chunk, RowNumbers block) {
    for (const int32_t row : block) {
      if (failure) return;
      encode_arrays(BatchRows(attempt.batch, chunk, row, attempt.findings), attempt.layout.plan,
                    false, attempt.lane.arrays);
      failure = insert_row(attempt, number++, result);
    }
  });
  return failure;
}

}  // namespace

Attempt store_row_by_row(Lane& lane, const CheckedBatch& batch, const ChunkChoice& part) {
  Attempt attempt(lane, batch, part);
  attempt.failure = begin_row_by_row(attempt);
  if (!attempt.failure) attempt.failure = store_and_settle(attempt, insert_rows);
  attempt.end_transaction();
  return attempt;
}

}  // namespace timescale_sink
