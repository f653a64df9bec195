// The source's side of an intake: appends its messages to the open block, makes blocks and segments
// when they are full, and says when there is no room. One appending thread at a time; what any
// thread may call says so.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>

#include "intake/kept_files.hpp"
#include "intake/shared_log.hpp"
#include "intake/sync.hpp"

namespace penstock::engine {

class IntakeWriter {
 public:
  IntakeWriter(SharedLog& log, KeptFiles& kept_files, IntakeSync& sync)
      : log_(log), kept_files_(kept_files), sync_(sync) {}

  // Returns how many were taken, from the first on.
  // With overflow = "drop_newest" all are taken, and what had no room is counted.
  // With `force` the limit doesn't count, and a full disk is waited for until `close`.
  size_t append(std::span<const penstock_source_message> messages, bool force, uint64_t* position);
  // Any thread of the source. False after `timeout`, or at once when closing.
  bool wait_for_space(std::chrono::nanoseconds timeout);
  // Any thread: the source was told that there is no room, and nothing was taken since.
  bool refuses() const { return refuses_.load(std::memory_order_relaxed); }
  // Any thread. While it pauses the source waits as for space; what it has promised is taken all
  // the same.
  void pause(bool pause);
  // Any thread. The engine is stopping: nobody waits for space any more.
  void close();
  // Any thread.
  uint64_t dropped() const { return get(dropped_); }

  // When no other thread is left: seals what is open.
  void end();

 private:
  void add_appended(uint64_t position, size_t count);
  bool open_block(const penstock_source_message& first, bool force);
  BlockShape shape_for(const penstock_source_message& first) const;
  void close_block();
  bool open_segment(size_t bytes, bool force);
  void close_segment();
  // Whether there is room, after making some if that can be.
  bool find_space();
  bool waits_for_nothing() const;
  void report_trouble();
  uint64_t appended() const { return log_.appended.load(std::memory_order_acquire); }

  SharedLog& log_;
  KeptFiles& kept_files_;
  IntakeSync& sync_;

  // The appending thread's.
  Segment* segment_ = nullptr;
  size_t segment_end_ = 0;  // where the next block may begin
  Block* open_ = nullptr;
  double topic_bytes_ = 32;  // a message, as in the blocks before
  double payload_bytes_ = 160;
  double attribute_bytes_ = 0;

  std::atomic<bool> closing_ = false;
  std::atomic<bool> refuses_ = false;
  std::atomic<bool> paused_ = false;
  Count dropped_ = 0;

  // Under the log's mutex.
  size_t wanted_bytes_ = 0;  // what a waiting source needs
  bool in_trouble_ = false;
};

}  // namespace penstock::engine
