#include "intake/reader.hpp"

#include <algorithm>
#include <atomic>

namespace penstock::engine {

void IntakeReader::release_read_block() {
  if (!has_read_block()) return;
  {
    const std::lock_guard lock(log_.mutex);
    log_.unread.pop_front();
  }
  log_.release(reading_);
  reading_ = nullptr;
}

SliceRows IntakeReader::next_rows(uint32_t max_rows) {
  if (!log_.found.empty()) {
    SliceRows rows = log_.found.front();
    rows.last_of_block &= rows.rows <= max_rows;
    rows.rows = std::min(rows.rows, max_rows);
    return rows;
  }
  while (true) {
    if (!reading_) {
      const std::lock_guard lock(log_.mutex);
      reading_ = log_.unread.front();
      next_row_ = 0;
    }
    if (!has_read_block()) break;
    release_read_block();
  }
  // Not all that is published: what is not yet counted or synced comes later.
  const uint64_t offered = std::min<uint64_t>(max_rows, available());
  const auto end =
      static_cast<uint32_t>(std::min<uint64_t>(next_row_ + offered, reading_->published()));
  // A slice ends where the next is already known to begin (IntakeSync::sync_once).
  uint32_t row = next_row_ + 1;
  while (row < end && reading_->state(row) == SliceState::kNone) ++row;
  const SliceRows rows{reading_, next_row_, row - next_row_, false};
  // Where it begins and ends, so that after a restart it is cut as it was: what a ledger knows of
  // it holds for the same messages. The end first, or a death in between would make it longer.
  if (row < kBlockRows) reading_->set_state(row, SliceState::kBegins);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  reading_->set_state(next_row_, SliceState::kBegins);
  next_row_ = row;
  return rows;
}

// Under the mutex.
void IntakeReader::pass_found(uint32_t rows) {
  SliceRows& next = log_.found.front();
  next.row += rows;
  next.rows -= rows;
  if (next.rows > 0) next.block->set_state(next.row, SliceState::kBegins);
  else log_.found.pop_front();
}

Slice IntakeReader::take(uint32_t max_rows) {
  Range* again = ranges_.take_again();
  return again ? dispatch(again) : dispatch(next_rows(max_rows));
}

Slice IntakeReader::dispatch(const SliceRows& rows) {
  Block* block = rows.block;
  Slice slice = slice_of(log_, *block, rows.row, rows.rows, extra_columns_);
  block->holders.fetch_add(1, std::memory_order_relaxed);  // the range
  {
    const std::lock_guard lock(log_.mutex);
    slice.range = ranges_.begin({block->first() + rows.row, rows.rows, block, false});
    log_.dispatched.fetch_add(rows.rows, std::memory_order_relaxed);
    // At once, so that `done` sees it as the one or the other.
    if (!log_.found.empty()) pass_found(rows.rows);
  }
  if (rows.last_of_block) log_.release(block);  // a found block has no open end that would keep it
  return slice;
}

// It holds its block since it was first dispatched.
Slice IntakeReader::dispatch(Range* range) {
  log_.dispatched.fetch_add(range->rows, std::memory_order_relaxed);
  const auto row = static_cast<uint32_t>(range->first - range->block->first());
  Slice slice = slice_of(log_, *range->block, row, range->rows, extra_columns_);
  slice.range = range;
  return slice;
}

}  // namespace penstock::engine
