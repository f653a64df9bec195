// What was dispatched, until everything made of it is done: a run of messages each, in the order of
// their positions, and the watermark behind them. Any thread says `done`.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <set>

#include "intake/block.hpp"
#include "intake/shared_log.hpp"

namespace penstock::engine {

// A run of messages that was dispatched and isn't done, or waits for one before it.
struct Range {
  uint64_t first = 0;
  uint32_t rows = 0;
  Block* block = nullptr;  // which it holds
  bool done = false;
};

class Ranges {
 public:
  explicit Ranges(SharedLog& log) : log_(log) {}

  // Any thread: every batch made from the range is stored, or rejected and kept.
  void done(Range* range);
  // Any thread. From now on nothing counts as done: the graph ends with work unfinished.
  void abandon() { abandoned_.store(true); }
  // After `abandon`, when nothing dispatched is in use and the pump rests: what is not done is
  // dispatched once more, in the same slices, before all others. Returns how many messages.
  uint64_t dispatch_again();

  // Any thread. Everything below this position is done.
  uint64_t watermark() const { return watermark_.load(std::memory_order_acquire); }
  // Any thread. Age of the oldest message that is not done; 0 if there is none. Of messages that
  // were not dispatched yet, that of their block's first.
  double oldest_age_s() const;

  // Intake::open.
  void set_watermark(uint64_t position) { watermark_ = position; }
  // The reader, under the mutex: one more, behind all others.
  Range* begin(const Range& range) { return &ranges_.emplace_back(range); }
  // The reader: the next that is dispatched once more, or null.
  Range* take_again();
  // Of what isn't done; when no other thread is left.
  void add_blocks_to(std::set<Block*>& blocks) const;

 private:
  int64_t oldest_us() const;  // when it was received, since 1970; 0: there is none

  SharedLog& log_;
  std::atomic<uint64_t> watermark_ = 0;
  std::atomic<bool> abandoned_ = false;
  // Under the log's mutex.
  std::deque<Range> ranges_;  // in the order of their positions
  std::deque<Range*> again_;  // of these, to be dispatched once more
};

}  // namespace penstock::engine
