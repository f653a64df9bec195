// A query over chunks of Arrow columns.
#pragma once

#include <penstock/schema.hpp>

#include <functional>

#include "query/query.hpp"
#include "rows/column_types.hpp"
#include "rows/input_rows.hpp"
#include "rows/result_builder.hpp"

namespace sql {

class Select {
 public:
  // Throws QueryError.
  Select(const std::string& query, const penstock::Schema& input, ResultForm form,
         uint32_t most_rows_per_input);

  using Emit = std::function<void(ArrowArray rows)>;
  using Reject = std::function<void(int64_t row, const Failure& failure)>;
  // Emits what the rows of a chunk give, in their order, and rejects those that fail: of these
  // nothing is emitted.
  void run(const ArrowArray& chunk, const Emit& emit, const Reject& reject);

 private:
  // How many rows were done; fewer than `count` if they take too much memory together.
  size_t run_some(const ArrowArray& chunk, int64_t first, size_t count, const Reject& reject);
  bool try_rows(const ArrowArray& chunk, int64_t first, size_t count);

  static constexpr size_t kMostArenaBytes = 256 << 20;

  const Input input_;
  Query query_;
  const InputRows rows_;
  ResultBuilder result_;
  std::vector<uint32_t> given_;  // rows of those that are run, which have not failed
};

}  // namespace sql
