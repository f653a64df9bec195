// What the roles of an intake share: where the log is held, how far each of them is, and what was
// appended and is not yet dispatched. Intake owns it; it lives longer than they do.
//
// An atomic is written by the role that is named beside it and read by any thread. What stands
// below the mutex is read and written under it: a step that moves messages from one role to the
// next, out of `unread` or `found` into the ranges, is one step to any observer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "config/engine_options.hpp"
#include "intake/block.hpp"
#include "intake/scan.hpp"
#include "intake/segment_store.hpp"
#include "intake/wakeup.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

struct SharedLog {
  SharedLog(const BufferOptions& buffer, Wakeup& pump_wakeup);

  bool is_disk() const { return options.type == BufferType::kDisk; }
  bool is_machine_safe() const { return is_disk() && options.durability == Durability::kMachine; }
  uint64_t available() const {
    return offered.load(std::memory_order_acquire) - dispatched.load(std::memory_order_relaxed);
  }
  uint64_t undone() const { return get(received) - get(done_rows); }
  bool drained() const { return undone() == 0; }
  // Under the mutex, of what was found and is not dispatched: the position of its first message.
  uint64_t found_begin() const { return found.front().block->first() + found.front().row; }

  // Any thread. One holder less: the last one frees it, and what waits for space is told.
  void release(Block* block);
  void release(Segment* segment);

  const BufferOptions options;
  Wakeup& pump;
  // Set by Intake::open.
  std::unique_ptr<Folder> folder;  // null: in memory
  std::unique_ptr<SegmentStore> store;
  // That the disk has no room, and with an empty text that it has again.
  std::function<void(const std::string&)> trouble;
  uint64_t found_end = 0;  // position from which on this process appends

  std::atomic<uint64_t> appended = 0;  // position; the writer
  // Messages that may be dispatched, as a count; the writer, with durability = "machine" the sync.
  std::atomic<uint64_t> offered = 0;
  std::atomic<uint64_t> dispatched = 0;   // of these; the reader, and dispatch_again while it rests
  Count received = 0;                     // with what was found; the writer
  Count done_rows = 0;                    // the ranges
  std::atomic<bool> lost_folder = false;  // Intake::has_lost_folder

  std::mutex mutex;
  std::condition_variable space;
  std::deque<Block*> unread;    // open or sealed, not yet dispatched whole, oldest first
  std::deque<SliceRows> found;  // of an earlier process, dispatched before all others
  Segment* growing = nullptr;   // the writer's segment
};

}  // namespace penstock::engine
