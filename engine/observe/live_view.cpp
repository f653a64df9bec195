#include "observe/live_view.hpp"

#include "observe/view.hpp"

namespace penstock::engine {

using namespace std::chrono_literals;

LiveView::LiveView(const Pipeline& pipeline) : pipeline_(pipeline), thread_([this] { run(); }) {}

LiveView::~LiveView() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

// The pipeline's lock comes before our own, here and in every other function.
void LiveView::run() {
  using Clock = std::chrono::steady_clock;
  auto last = Clock::now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_until(lock, last + 1s, [&] { return stop_; })) {
    lock.unlock();
    const auto unchanged = pipeline_.look();
    lock.lock();
    const auto now = Clock::now();
    const Snapshot snapshot = snapshot_of(pipeline_);
    history_.sample(snapshot, std::chrono::duration<double>(now - last).count());
    last = now;
    if (subscribers_ == 0) continue;
    view_ = view_json(snapshot, history_);
    ++number_;
  }
}

std::string LiveView::now() {
  const auto unchanged = pipeline_.look();
  const std::lock_guard lock(mutex_);
  return view_json(snapshot_of(pipeline_), history_);
}

std::string LiveView::history_of(const std::string& node) {
  const auto unchanged = pipeline_.look();
  const std::lock_guard lock(mutex_);
  return history_json(snapshot_of(pipeline_), history_, node);
}

bool LiveView::Subscriber::next(std::string& view) {
  const std::lock_guard lock(live_.mutex_);
  if (live_.number_ == number_) return false;
  number_ = live_.number_;
  view = live_.view_;
  return true;
}

}  // namespace penstock::engine
