// Lets one thread sleep until something may have changed, at no cost to those who change
// it while it is awake.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace penstock::engine {

class Wakeup {
 public:
  // Any thread, after the change: a system call only when the other one sleeps.
  void notify() {
    // A read that writes, so that it is before or after the sleeper's own write: either we see
    // that it sleeps, or it sees the change.
    if (sleeping_.fetch_or(0) == 0) return;
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  // The one waiting thread: until `ready()` or the time is over; the last `ready()`.
  template <class Ready>
  bool wait_for(std::chrono::nanoseconds time, Ready&& ready) {
    if (ready()) return true;
    std::unique_lock lock(mutex_);
    sleeping_.exchange(1);
    const bool result = changed_.wait_for(lock, time, ready);
    sleeping_.store(0, std::memory_order_relaxed);
    return result;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<uint8_t> sleeping_ = 0;
};

}  // namespace penstock::engine
