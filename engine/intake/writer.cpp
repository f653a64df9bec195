#include "intake/writer.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

// How often a full disk is asked again.
constexpr auto kDiskRetry = 200ms;

// How long a message that would be dropped waits for those that are done to be released.
constexpr auto kNap = 1ms;
constexpr int kMostNaps = 1000;

}  // namespace

size_t IntakeWriter::append(std::span<const penstock_source_message> messages, bool force,
                            uint64_t* position) {
  uint64_t after = log_.appended.load(std::memory_order_relaxed);
  if (messages.empty()) {
    if (position) *position = after;
    return 0;
  }
  // What the source has promised to take is appended all the same.
  if (!force && (log_.lost_folder.load(std::memory_order_relaxed) ||
                 paused_.load(std::memory_order_relaxed))) {
    if (position) *position = after;
    return 0;
  }
  kept_files_.assign_to_run();
  size_t taken = 0, counted = 0;
  for (const penstock_source_message& message : messages) {
    if (!open_ || !open_->fits(message)) {
      // The reader may pass on to the next block only when this one's rows are counted.
      add_appended(after, taken - counted);
      counted = taken;
      if (!open_block(message, force) && !(waits_for_nothing() && open_block(message, force)))
        break;
    }
    open_->append(message);
    ++after;
    ++taken;
  }
  add_appended(after, taken - counted);
  if (taken > 0) log_.pump.notify();
  if (const bool refuses = taken < messages.size(); refuses != this->refuses()) refuses_ = refuses;
  if (taken < messages.size() && log_.options.overflow == Overflow::kDropNewest) {
    add(dropped_, messages.size() - taken);
    taken = messages.size();
  }
  // Promised, and no room until the end.
  if (force) add(dropped_, messages.size() - taken);
  if (position) *position = after;
  return taken;
}

void IntakeWriter::add_appended(uint64_t position, size_t count) {
  if (count == 0) return;
  if (log_.folder) log_.folder->checkpoint().page().appended.set(position);
  add(log_.received, count);
  log_.appended.store(position, std::memory_order_release);
  if (log_.is_machine_safe()) sync_.wake();  // who makes it available
  else log_.offered.fetch_add(count, std::memory_order_release);
}

bool IntakeWriter::open_block(const penstock_source_message& first, bool force) {
  if (open_) close_block();
  const BlockShape shape = shape_for(first);
  const size_t bytes = shape.bytes();
  if (!segment_ || segment_end_ + bytes > segment_->bytes()) {
    {
      const std::lock_guard lock(log_.mutex);
      wanted_bytes_ = bytes;
    }
    if (!open_segment(bytes, force)) return false;
  }
  open_ = new Block(*segment_, segment_end_, shape, appended());
  const std::lock_guard lock(log_.mutex);
  wanted_bytes_ = 0;
  log_.unread.push_back(open_);
  sync_.add(*segment_);
  return true;
}

// What a thousand messages like those before need, and this one surely; of large ones a block holds
// fewer.
BlockShape IntakeWriter::shape_for(const penstock_source_message& first) const {
  constexpr double kMargin = 1.3;
  constexpr size_t kMoreTopics = 1024;
  const auto estimate = [&](double average, size_t one) {
    const auto many = static_cast<size_t>(average * kBlockRows * kMargin);
    return std::max(std::min(many, log_.store->segment_bytes() / 4), one);
  };
  return {estimate(topic_bytes_, first.topic.size) + kMoreTopics,
          estimate(attribute_bytes_, first.attributes.size),
          estimate(payload_bytes_, first.payload.size)};
}

void IntakeWriter::close_block() {
  if (const uint32_t rows = open_->published()) {
    topic_bytes_ = static_cast<double>(open_->topic_offsets()[rows]) / rows;
    payload_bytes_ = static_cast<double>(open_->payload_offsets()[rows]) / rows;
    attribute_bytes_ = static_cast<double>(open_->attribute_bytes(rows)) / rows;
  }
  segment_end_ = open_->seal();
  open_ = nullptr;
  log_.pump.notify();
}

bool IntakeWriter::open_segment(size_t bytes, bool force) {
  close_segment();
  Segment* segment = log_.store->reserve(bytes, force, appended());
  // A forced append is of messages that the source has promised to take: it waits for a full disk.
  while (!segment && force && !closing_) {
    report_trouble();
    std::unique_lock lock(log_.mutex);
    log_.space.wait_for(lock, kDiskRetry, [&] { return closing_.load(); });
    lock.unlock();
    segment = log_.store->reserve(bytes, force, appended());
  }
  report_trouble();
  if (!segment) return false;
  segment->holders.fetch_add(1, std::memory_order_relaxed);
  segment_ = segment;
  segment_end_ = kFirstBlock;
  const std::lock_guard lock(log_.mutex);
  log_.growing = segment;
  return true;
}

void IntakeWriter::close_segment() {
  if (!segment_) return;
  log_.store->close(*segment_, appended());
  bool is_synced = false;
  {
    const std::lock_guard lock(log_.mutex);
    log_.growing = nullptr;
    is_synced = sync_.transfer_hold(*segment_);
  }
  if (is_synced) log_.release(segment_);
  log_.release(segment_);
  segment_ = nullptr;
}

// What is to be dropped when there is no room is not when all that holds some is about to be
// released.
bool IntakeWriter::waits_for_nothing() const {
  if (log_.options.overflow != Overflow::kDropNewest) return false;
  for (int naps = 0; log_.drained() && log_.store->held_bytes() > 0 && naps < kMostNaps; ++naps) {
    std::this_thread::sleep_for(kNap);
  }
  return log_.store->held_bytes() == 0;
}

bool IntakeWriter::find_space() {
  if (log_.lost_folder || paused_) return false;
  size_t wanted = 0, growing = 0;
  {
    const std::lock_guard lock(log_.mutex);
    wanted = wanted_bytes_;
    if (log_.growing) growing = log_.growing->bytes();
  }
  // A promised message may have got a segment beyond the limit, which the next message closes.
  const bool is_releasable = growing > 0 && log_.drained() && log_.store->held_bytes() == growing;
  const bool found = is_releasable || log_.store->prepare(wanted);
  report_trouble();
  return found;
}

bool IntakeWriter::wait_for_space(std::chrono::nanoseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!closing_) {
    if (find_space()) {
      refuses_ = false;
      return true;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) {
      refuses_ = !paused_;
      return false;
    }
    std::unique_lock lock(log_.mutex);
    // Room made by the intake is notified; a disk's room may come from elsewhere.
    log_.space.wait_for(lock, std::min<std::chrono::nanoseconds>(deadline - now, kDiskRetry));
  }
  return false;
}

void IntakeWriter::report_trouble() {
  if (!log_.folder || log_.lost_folder) return;
  const std::string what = log_.store->trouble();
  {
    const std::lock_guard lock(log_.mutex);
    if (in_trouble_ == !what.empty()) return;
    in_trouble_ = !what.empty();
  }
  log_.trouble(what);
}

void IntakeWriter::pause(bool pause) {
  {
    const std::lock_guard lock(log_.mutex);
    paused_ = pause;
  }
  log_.space.notify_all();
}

void IntakeWriter::close() {
  {
    const std::lock_guard lock(log_.mutex);
    closing_ = true;
  }
  log_.space.notify_all();
  sync_.wake();
}

// Nothing has to be looked for in what is sealed.
void IntakeWriter::end() {
  if (open_) open_->seal();
  if (segment_) log_.store->close(*segment_, appended());
}

}  // namespace penstock::engine
