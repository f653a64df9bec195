// Lets one thread sleep until something may have changed, at no cost to those who change
// it while it is awake.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace penstock::engine {

class Wakeup {
 public:
  // Any thread, after the change: a system call only when the other one sleeps.
  void notify() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (!sleeping_.load(std::memory_order_relaxed)) return;
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  // The one waiting thread: until `ready()` or the time is over; the last `ready()`.
  template <class Ready>
  bool wait_for(std::chrono::nanoseconds time, Ready&& ready) {
    if (ready()) return true;
    std::unique_lock lock(mutex_);
    sleeping_.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const bool result = changed_.wait_for(lock, time, ready);
    sleeping_.store(false, std::memory_order_relaxed);
    return result;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> sleeping_ = false;
};

}  // namespace penstock::engine
