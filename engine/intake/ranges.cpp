#include "intake/ranges.hpp"

#include <algorithm>
#include <chrono>

namespace penstock::engine {

void Ranges::done(Range* range) {
  if (abandoned_) return;
  Block* block = range->block;
  bool advanced = false;
  {
    const std::lock_guard lock(log_.mutex);
    if (log_.folder) {
      block->set_state(static_cast<uint32_t>(range->first - block->first()), SliceState::kDone);
    }
    add(log_.done_rows, range->rows);
    range->done = true;
    uint64_t end = 0;
    for (; !ranges_.empty() && ranges_.front().done; advanced = true) {
      end = ranges_.front().first + ranges_.front().rows;
      ranges_.pop_front();
    }
    if (advanced) {
      // Between what was found everything is done.
      uint64_t watermark = std::max(end, log_.found_end);
      if (!ranges_.empty()) watermark = ranges_.front().first;
      else if (!log_.found.empty()) watermark = log_.found_begin();
      watermark_.store(watermark, std::memory_order_release);
      if (log_.folder) log_.folder->checkpoint().page().watermark.set(watermark);
    }
  }
  log_.release(block);
  if (!advanced) return;
  log_.pump.notify();
  // Also a message that is larger than the limit has room now.
  if (log_.drained()) log_.space.notify_all();
}

uint64_t Ranges::dispatch_again() {
  const std::lock_guard lock(log_.mutex);
  uint64_t rows = 0, waiting = 0;  // waiting: since the last time
  for (const Range* range : again_) waiting += range->rows;
  again_.clear();
  for (Range& range : ranges_) {
    if (range.done) continue;
    again_.push_back(&range);
    rows += range.rows;
  }
  log_.dispatched.fetch_sub(rows - waiting);
  abandoned_ = false;
  return rows;
}

Range* Ranges::take_again() {
  const std::lock_guard lock(log_.mutex);
  if (again_.empty()) return nullptr;
  Range* again = again_.front();
  again_.pop_front();
  return again;
}

int64_t Ranges::oldest_us() const {
  const std::lock_guard lock(log_.mutex);
  if (!ranges_.empty()) {
    const Range& range = ranges_.front();
    return range.block->received()[range.first - range.block->first()];
  }
  if (!log_.found.empty()) return log_.found.front().block->received()[log_.found.front().row];
  if (log_.drained() || log_.unread.empty() || log_.unread.front()->published() == 0) return 0;
  return log_.unread.front()->received()[0];
}

double Ranges::oldest_age_s() const {
  const int64_t oldest = oldest_us();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const int64_t age = std::chrono::duration_cast<std::chrono::microseconds>(now).count() - oldest;
  return oldest == 0 ? 0 : std::max(0.0, static_cast<double>(age) / 1e6);
}

void Ranges::add_blocks_to(std::set<Block*>& blocks) const {
  for (const Range& range : ranges_) {
    if (!range.done) blocks.insert(range.block);
  }
}

}  // namespace penstock::engine
