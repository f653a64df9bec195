// The engine's buffer behind a source: an append-only log of message batches.
//
// Three parties meet here, each on threads of its own: the source appends, the pump takes
// slices for the graph, and whoever ends the last batch made from a slice says `done`.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>

#include "config/engine_options.hpp"
#include "intake/block.hpp"
#include "intake/block_memory.hpp"
#include "intake/wakeup.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

class Intake {
 public:
  // A run of messages that was handed out and isn't done, or waits for one before it.
  struct Range {
    uint64_t first = 0;
    uint32_t rows = 0;
    Block* block = nullptr;
    bool done = false;
  };

  // What the pump gets: a struct array of `topic`, `payload`, `received` that points into
  // the block and keeps it, and the range to give to `done`.
  struct Slice {
    ArrowArray messages;
    Range* range = nullptr;
  };

  // `pump` is woken when there is something to take or a new watermark to tell.
  Intake(const BufferOptions& options, Wakeup& pump);
  ~Intake();

  // The source, one thread at a time. Returns how many were taken, from the first on.
  // With overflow = "drop_newest" all are taken, and what had no room is counted.
  size_t append(std::span<const penstock_message> messages, bool force, uint64_t* position);
  // Any thread of the source. False after `timeout`, or at once when closing.
  bool wait_for_space(std::chrono::nanoseconds timeout);
  // The engine is stopping: nobody waits for space any more.
  void close();

  // The pump.
  uint64_t available() const {
    return appended_.load(std::memory_order_acquire) - taken_.load(std::memory_order_relaxed);
  }
  // Up to `max_rows` messages that lie together; call when some are available.
  Slice take(uint32_t max_rows);

  // Any thread: every batch made from the range is stored, or rejected and kept.
  void done(Range* range);
  // From now on nothing counts as done: the process ends with work unfinished.
  void abandon() { abandoned_.store(true); }
  // Everything below this position is done.
  uint64_t watermark() const { return watermark_.load(std::memory_order_acquire); }

  uint64_t appended() const { return appended_.load(std::memory_order_acquire); }
  uint64_t dropped() const { return get(dropped_); }
  bool drained() const { return watermark() == appended(); }
  size_t held_bytes() const { return memory_.held_bytes(); }

 private:
  struct HeldSlice;  // what a slice's arrays own

  bool open_block(const penstock_message& first, bool force);
  BlockShape next_shape(const penstock_message& first) const;
  void let_go(Block* block);

  const BufferOptions options_;
  Wakeup& pump_;
  BlockMemoryPool memory_;

  // The appending thread's.
  Block* open_ = nullptr;
  double topic_bytes_ = 32;  // a message, as in the blocks before
  double payload_bytes_ = 160;

  std::atomic<uint64_t> appended_ = 0;
  std::atomic<uint64_t> taken_ = 0;
  std::atomic<uint64_t> watermark_ = 0;
  std::atomic<bool> abandoned_ = false;
  std::atomic<bool> closing_ = false;
  Count dropped_ = 0;

  std::mutex mutex_;
  std::condition_variable space_;
  std::deque<Block*> unread_;  // open or sealed, not yet handed out whole, oldest first
  std::deque<Range> ranges_;   // in the order of their positions
  size_t wanted_bytes_ = 0;    // what a waiting source needs

  // The pump's.
  Block* reading_ = nullptr;
  uint32_t next_row_ = 0;
};

}  // namespace penstock::engine
