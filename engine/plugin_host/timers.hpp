// One thread that calls back at set times: the timers of a node's instances. It starts with the
// first timer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

namespace penstock::engine {

class Instance;

class Timers {
 public:
  using Clock = std::chrono::steady_clock;

  // `fire` is called on the timer thread, once a timer; it must not block.
  explicit Timers(std::function<void(Instance&)> fire);
  ~Timers() { stop(); }
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // Any thread. One timer an instance; a later call replaces the earlier.
  void set(Instance& instance, Clock::time_point when);
  void cancel(Instance& instance);
  // Any thread: whether one is set.
  bool any() const;
  // Fires no more. Returns when no call of `fire` is running; what is set afterwards never fires.
  void stop();

 private:
  void run();
  void remove(Instance& instance);

  std::function<void(Instance&)> fire_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::pair<Clock::time_point, Instance*>> due_;
  std::unordered_map<Instance*, Clock::time_point> set_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
