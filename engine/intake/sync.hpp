// With durability = "machine": a thread that brings what was appended to the disk, in groups, and
// only then offers it to the reader. Idle in an intake that promises less.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "config/result.hpp"
#include "intake/ranges.hpp"
#include "intake/shared_log.hpp"

namespace penstock::engine {

class IntakeSync {
 public:
  IntakeSync(SharedLog& log, const Ranges& ranges) : log_(log), ranges_(ranges) {}
  ~IntakeSync() { end(); }

  // Intake::open: what was found is on the disk. Starts the thread where there is to be one.
  void set_positions(uint64_t appended, uint64_t watermark);
  void start();
  // No thread of it runs any more.
  void end();

  // Any thread: everything below this position is on the disk.
  uint64_t position() const { return synced_; }
  // Any thread: the watermark that is on the disk.
  uint64_t watermark() const { return watermark_; }

  // The writer. There is something to do.
  void wake() { due_.notify_one(); }
  // Under the log's mutex: a segment that is appended to, which it holds until it has synced it.
  void add(Segment& segment);
  // Under the log's mutex, of a segment that is appended to no more: true when all of it is synced,
  // and its hold is now the caller's. Else the next sync releases it.
  bool transfer_hold(Segment& segment);

 private:
  void run();
  Result<void> sync_once();

  SharedLog& log_;
  const Ranges& ranges_;
  std::atomic<uint64_t> synced_ = 0;  // position
  std::atomic<uint64_t> watermark_ = 0;
  std::vector<Segment*> unsynced_;  // under the log's mutex

  std::atomic<bool> end_ = false;
  std::mutex mutex_;
  std::condition_variable due_;
  std::thread thread_;
};

}  // namespace penstock::engine
