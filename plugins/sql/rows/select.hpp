// A query over chunks of Arrow columns.
#pragma once

#include <penstock/schema.hpp>

#include <functional>

#include "query/query.hpp"
#include "rows/column_types.hpp"
#include "rows/input_rows.hpp"
#include "rows/result_builder.hpp"

namespace sql {

// What is rejected of a row that FROM made several of, if the query fails for some of these.
enum class OnError { kReject, kSkip };  // the row; of its document the elements that fail

struct SelectOptions {
  std::string query;
  int64_t max_rows_per_input = 100'000;
  ResultForm result = ResultForm::kValues;
  OnError on_error = OnError::kReject;
};

// What the query fails for: a row, or a part of it.
struct Rejected {
  int64_t row;  // of the chunk
  const Failure& failure;
  const std::string* part = nullptr;  // what stands in the column in place of the whole
  size_t column = 0;                  // of the chunk, with a part
};

class Select {
 public:
  // Throws QueryError.
  Select(const SelectOptions& options, const penstock::Schema& input);

  using Emit = std::function<void(ArrowArray rows)>;
  using Reject = std::function<void(const Rejected& rejected)>;
  // Emits what the rows of a chunk give, in their order, and rejects those that fail: of these, or
  // of their parts, nothing is emitted.
  void run(const ArrowArray& chunk, const Emit& emit, const Reject& reject);

 private:
  void run_all(const ArrowArray& chunk, const Emit& emit, const Reject& reject);
  // How many rows were done; fewer than `count` if they take too much memory together.
  size_t run_some(const ArrowArray& chunk, int64_t first, size_t count, const Reject& reject);
  bool try_rows(const ArrowArray& chunk, int64_t first, size_t count);
  void reject_failed(int64_t first, const Reject& reject);
  // The parts that failed, but for those whose rows must be rejected whole.
  FailedParts take_parts(const ArrowArray& chunk, int64_t first, const Reject& reject);
  bool fails_alone(const ArrowArray& chunk, int64_t row, const FailedPart& part);

  static constexpr size_t kMostArenaBytes = 256 << 20;

  const Input input_;
  Query query_;
  const InputRows rows_;
  ResultBuilder result_;
  std::vector<uint32_t> given_;  // rows of those that are run, which have not failed
};

}  // namespace sql
