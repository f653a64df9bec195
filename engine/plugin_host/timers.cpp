#include "plugin_host/timers.hpp"

namespace penstock::engine {

Timers::Timers(std::function<void(Instance&)> fire) : fire_(std::move(fire)) {}

bool Timers::any() const {
  const std::lock_guard lock(mutex_);
  return !due_.empty();
}

void Timers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Timers::set(Instance& instance, Clock::time_point when) {
  const std::lock_guard lock(mutex_);
  if (stop_) return;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  remove(instance);
  const bool first = due_.empty() || when < due_.begin()->first;
  due_.emplace(when, &instance);
  set_[&instance] = when;
  if (first) changed_.notify_all();
}

void Timers::cancel(Instance& instance) {
  const std::lock_guard lock(mutex_);
  remove(instance);
}

void Timers::remove(Instance& instance) {
  const auto known = set_.find(&instance);
  if (known == set_.end()) return;
  due_.erase({known->second, &instance});
  set_.erase(known);
}

void Timers::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (due_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto [when, instance] = *due_.begin();
    if (Clock::now() < when) {
      changed_.wait_until(lock, when);
      continue;
    }
    remove(*instance);
    lock.unlock();
    fire_(*instance);
    lock.lock();
  }
}

}  // namespace penstock::engine
