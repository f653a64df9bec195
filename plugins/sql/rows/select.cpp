#include "rows/select.hpp"

#include <algorithm>
#include <numeric>

#include "analysis/query_error.hpp"

namespace sql {

Select::Select(const SelectOptions& options, const penstock::Schema& input)
    : input_(input_of(input)),
      query_(options.query, input_.columns),
      rows_(input, input_.positions),
      result_(query_.columns(), options.result) {
  query_.set_most_rows(static_cast<uint32_t>(options.max_rows_per_input));
  query_.arena().set_most_bytes(kMostArenaBytes);
  if (query_.is_explained()) throw QueryError("0A000", "EXPLAIN gives no rows", -1);
  if (options.on_error == OnError::kSkip) query_.set_keeps_parts();
}

void Select::run(const ArrowArray& chunk, const Emit& emit, const Reject& reject) {
  try {
    run_all(chunk, emit, reject);
  } catch (...) {
    // The chunk fails as a whole; nothing of it is the next one's.
    query_.leave_out({});
    result_.forget();
    for (ArrowArray& piece : result_.take_all()) piece.release(&piece);
    throw;
  }
}

void Select::run_all(const ArrowArray& chunk, const Emit& emit, const Reject& reject) {
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
      reject({first, {"54000", "the query takes more memory for this row than it may"}});
      return 1;
    }
    count = std::max<size_t>(count / 8, 1);
    given_.resize(count);
  }
  FailedParts parts;
  // What fails has rows among the result: once more, without it.
  while (query_.failures().any() || !query_.failed_parts().empty()) {
    result_.forget();
    reject_failed(first, reject);
    parts.merge(take_parts(chunk, first, reject));
    std::erase_if(parts, [&](const auto& part) {
      return !std::binary_search(given_.begin(), given_.end(), part.first[0]);
    });
    std::set<PartKey> keys;
    for (const auto& [key, part] : parts) keys.insert(key);
    query_.leave_out(std::move(keys));
    if (given_.empty()) break;
    // It fitted into the memory with more rows than these.
    query_.arena().set_most_bytes(2 * kMostArenaBytes);
    const bool fits = try_rows(chunk, first, count);
    query_.arena().set_most_bytes(kMostArenaBytes);
    if (!fits) throw OutOfMemory();
  }
  query_.leave_out({});
  result_.keep();
  for (const auto& [key, part] : parts)
    reject({first + key[0], part.failure, &part.text, input_.positions[part.column]});
  return count;
}

void Select::reject_failed(int64_t first, const Reject& reject) {
  const Failures& failures = query_.failures();
  std::erase_if(given_, [&](uint32_t row) {
    if (failures.has(row)) reject({first + row, failures.of(row)});
    return failures.has(row);
  });
}

FailedParts Select::take_parts(const ArrowArray& chunk, int64_t first, const Reject& reject) {
  FailedParts parts = query_.failed_parts();
  std::erase_if(parts, [&](const auto& part) {
    return !std::binary_search(given_.begin(), given_.end(), part.first[0]);
  });
  // Those that would fail in another way by themselves, or give rows, can't stand for what failed.
  query_.leave_out({});
  std::map<uint32_t, Failure> whole;
  for (const auto& [key, part] : parts) {
    if (!whole.contains(key[0]) && !fails_alone(chunk, first + key[0], part))
      whole.emplace(key[0], parts.lower_bound({key[0]})->second.failure);
  }
  std::erase_if(given_, [&](uint32_t row) {
    const auto found = whole.find(row);
    if (found == whole.end()) return false;
    reject({first + row, found->second});
    return true;
  });
  return parts;
}

bool Select::fails_alone(const ArrowArray& chunk, int64_t row, const FailedPart& part) {
  try {
    query_.arena().clear();
    rows_.fill(query_, chunk, row, 1);
    Vector& column = query_.input()[part.column].vector();
    const std::string_view text = query_.arena().copy(part.text);
    if (column.type == Type(Base::kBytea)) column.of<Bytes>()[0] = Bytes{text};
    else column.of<Text>()[0] = Text(text);
    bool has_rows = false;
    query_.run(1, [&](const ResultRows&) { has_rows = true; });
    const FailedParts& failed = query_.failed_parts();
    return !has_rows && !query_.failures().any() && failed.size() == 1 &&
           failed.begin()->second.failure.message == part.failure.message;
  } catch (const OutOfMemory&) {
    return false;
  }
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
