#include "rows/select.hpp"

#include <algorithm>
#include <numeric>

namespace sql {

Select::Select(const std::string& query, const penstock::Schema& input, ResultForm form,
               uint32_t most_rows_per_input)
    : input_(input_of(input)),
      query_(query, input_.columns),
      rows_(input, input_.positions),
      result_(query_.columns(), form) {
  query_.set_most_rows(most_rows_per_input);
  query_.arena().set_most_bytes(kMostArenaBytes);
}

void Select::run(const ArrowArray& chunk, const Emit& emit, const Reject& reject) {
  size_t count = kPieceRows;
  for (int64_t row = 0; row < chunk.length;) {
    count = std::min(count, static_cast<size_t>(chunk.length - row));
    const size_t done = run_some(chunk, row, count, reject);
    row += static_cast<int64_t>(done);
    // Where rows are large, those that come are likely to be, too.
    count = done < count ? done : std::min(2 * done, kPieceRows);
    for (ArrowArray& piece : result_.take_full()) emit(piece);
  }
  for (ArrowArray& piece : result_.take_all()) emit(piece);
}

size_t Select::run_some(const ArrowArray& chunk, int64_t first, size_t count,
                        const Reject& reject) {
  given_.resize(count);
  std::iota(given_.begin(), given_.end(), 0);
  while (!try_rows(chunk, first, count)) {
    if (count == 1) {
      reject(first, {"54000", "the query takes more memory for this row than it may"});
      return 1;
    }
    count = std::max<size_t>(count / 8, 1);
    given_.resize(count);
  }
  if (!query_.failures().any()) {
    result_.keep();
    return count;
  }
  // Rows of those that fail may be among the result: once more, without them.
  for (size_t row = 0; row < count; ++row) {
    if (query_.failures().has(row))
      reject(first + static_cast<int64_t>(row), query_.failures().of(row));
  }
  std::erase_if(given_, [&](uint32_t row) { return query_.failures().has(row); });
  result_.forget();
  if (!given_.empty() && !try_rows(chunk, first, count)) throw OutOfMemory();
  result_.keep();
  return count;
}

bool Select::try_rows(const ArrowArray& chunk, int64_t first, size_t count) {
  try {
    query_.arena().clear();
    rows_.fill(query_, chunk, first, count);
    query_.run(given_, [&](const ResultRows& rows) { result_.append(rows); });
    return true;
  } catch (const OutOfMemory&) {
    result_.forget();
    return false;
  }
}

}  // namespace sql
