#include "intake/sync.hpp"

#include <chrono>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How long the thread may oversleep a message, or a new watermark.
constexpr auto kSyncIdle = 50ms;

}  // namespace

void IntakeSync::set_positions(uint64_t appended, uint64_t watermark) {
  synced_ = appended;
  watermark_ = watermark;
}

void IntakeSync::start() {
  if (log_.is_machine_safe()) thread_ = std::thread([this] { run(); });
}

void IntakeSync::end() {
  end_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void IntakeSync::add(Segment& segment) {
  if (!log_.is_machine_safe() || (!unsynced_.empty() && unsynced_.back() == &segment)) return;
  segment.holders.fetch_add(1, std::memory_order_relaxed);
  unsynced_.push_back(&segment);
}

bool IntakeSync::transfer_hold(Segment& segment) {
  return synced_ == log_.appended.load(std::memory_order_acquire) &&
         std::erase(unsynced_, &segment) > 0;
}

void IntakeSync::run() {
  const auto appended = [&] { return log_.appended.load(std::memory_order_acquire); };
  bool well = true;
  while (!end_) {
    {
      std::unique_lock lock(mutex_);
      // The notifier holds no lock, so a notification may be missed: not for long.
      due_.wait_for(lock, kSyncIdle, [&] { return end_ || synced_ != appended(); });
    }
    if (synced_ == appended() && watermark_ == ranges_.watermark()) continue;
    std::this_thread::sleep_for(log_.options.sync_interval);  // for a group to gather
    const auto synced = sync_once();
    if (synced.has_value() != well) log_.trouble(why_not(synced));
    well = synced.has_value();
  }
}

Result<void> IntakeSync::sync_once() {
  const uint64_t target = log_.appended.load(std::memory_order_acquire);
  const uint64_t watermark = ranges_.watermark();
  std::vector<Segment*> segments;
  {
    const std::lock_guard lock(log_.mutex);
    segments.swap(unsynced_);
    if (!segments.empty() && segments.back() == log_.growing) {
      segments.back()->holders.fetch_add(1, std::memory_order_relaxed);
      unsynced_.push_back(segments.back());
    }
    // What is dispatched before the next sync ends here; after a restart it must end there again.
    for (auto block = log_.unread.rbegin(); block != log_.unread.rend(); ++block) {
      if ((*block)->first() > target) continue;
      const uint64_t row = target - (*block)->first();
      if (row < kBlockRows) (*block)->set_state(static_cast<uint32_t>(row), SliceState::kBegins);
      break;
    }
  }
  Result<void> done;
  for (Segment* segment : segments) {
    if (auto synced = segment->sync(); !synced) done = std::move(synced);
  }
  if (done) log_.folder->checkpoint().page().synced.set(target);
  if (auto synced = log_.folder->sync(); !synced) done = std::move(synced);
  if (!done) {
    // What can't be synced is neither dispatched nor acknowledged; it is tried again.
    const std::lock_guard lock(log_.mutex);
    unsynced_.insert(unsynced_.begin(), segments.begin(), segments.end());
    return done;
  }
  for (Segment* segment : segments) log_.release(segment);
  const uint64_t before = synced_.exchange(target);
  watermark_ = watermark;
  log_.offered.fetch_add(target - before, std::memory_order_release);
  log_.pump.notify();
  return done;
}

}  // namespace penstock::engine
