#include "intake/intake.hpp"

#include <algorithm>
#include <memory>

namespace penstock::engine {

Intake::Intake(const BufferOptions& options, Wakeup& pump)
    : options_(options), pump_(pump), memory_(static_cast<size_t>(options.max_bytes.count)) {}

Intake::~Intake() {
  for (Block* block : unread_) delete block;
}

// As large as a thousand messages like those before need, and the next one surely.
BlockShape Intake::next_shape(const penstock_message& first) const {
  constexpr double kMargin = 1.15;
  constexpr size_t kKiB = 1024;
  // Large payloads get blocks of fewer messages, so that an intake always has several.
  const size_t most = std::min(kKiB * kKiB, static_cast<size_t>(options_.max_bytes.count) / 8);
  const auto estimate = [&](double average, size_t one) {
    const auto bytes = static_cast<size_t>(average * kBlockRows * kMargin) / kKiB * kKiB + kKiB;
    return std::max(std::min(bytes, most), one);
  };
  return {estimate(topic_bytes_, first.topic.size), estimate(payload_bytes_, first.payload.size)};
}

bool Intake::open_block(const penstock_message& first, bool force) {
  if (open_) {
    const uint32_t rows = open_->published();
    topic_bytes_ = static_cast<double>(open_->topic_offsets()[rows]) / rows;
    payload_bytes_ = static_cast<double>(open_->payload_offsets()[rows]) / rows;
    open_->seal();
    open_ = nullptr;
  }
  const BlockShape shape = next_shape(first);
  BlockMemoryPool::Piece piece = memory_.take(shape.bytes(), force);
  const std::lock_guard lock(mutex_);
  wanted_bytes_ = shape.bytes();
  if (!piece.memory) return false;
  open_ = new Block(std::move(piece.memory), piece.bytes, shape, appended());
  unread_.push_back(open_);
  return true;
}

size_t Intake::append(std::span<const penstock_message> messages, bool force, uint64_t* position) {
  const uint64_t before = appended_.load(std::memory_order_relaxed);
  uint64_t after = before;
  size_t taken = 0;
  for (const penstock_message& message : messages) {
    if (!open_ || !open_->fits(message)) {
      // The reader may pass on to the next block only when this one's rows are counted.
      appended_.store(after, std::memory_order_release);
      if (!open_block(message, force)) break;
    }
    open_->append(message);
    ++after;
    ++taken;
  }
  appended_.store(after, std::memory_order_release);
  if (after != before) pump_.notify();
  if (taken < messages.size() && options_.overflow == Overflow::kDropNewest) {
    add(dropped_, messages.size() - taken);
    taken = messages.size();
  }
  if (position) *position = after;
  return taken;
}

bool Intake::wait_for_space(std::chrono::nanoseconds timeout) {
  std::unique_lock lock(mutex_);
  space_.wait_for(lock, timeout, [&] { return closing_ || memory_.has_room(wanted_bytes_); });
  return !closing_ && memory_.has_room(wanted_bytes_);
}

void Intake::close() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  space_.notify_all();
}

// The arrays of a slice, in one allocation. Released from any thread.
struct Intake::HeldSlice {
  Intake* intake;
  Block* block;
  ArrowArray columns[3] = {};
  ArrowArray* children[3] = {&columns[0], &columns[1], &columns[2]};
  const void* validity = nullptr;
  const void* topic[3];
  const void* payload[3];
  const void* received[2];

  HeldSlice(Intake* owner, Block* from, uint32_t row)
      : intake(owner),
        block(from),
        topic{nullptr, from->topic_offsets() + row, from->topics()},
        payload{nullptr, from->payload_offsets() + row, from->payloads()},
        received{nullptr, from->received() + row} {}

  static void release_column(ArrowArray* column) { column->release = nullptr; }
  static void release(ArrowArray* rows) {
    const std::unique_ptr<HeldSlice> held(static_cast<HeldSlice*>(rows->private_data));
    held->intake->let_go(held->block);
    rows->release = nullptr;
  }

  void describe(ArrowArray& column, const void** buffers, int64_t count, int64_t rows) {
    column.length = rows;
    column.n_buffers = count;
    column.buffers = buffers;
    column.release = release_column;
  }
};

Intake::Slice Intake::take(uint32_t max_rows) {
  if (reading_ && next_row_ == reading_->published() && reading_->sealed() &&
      next_row_ == reading_->published()) {
    {
      const std::lock_guard lock(mutex_);
      unread_.pop_front();
    }
    let_go(reading_);
    reading_ = nullptr;
  }
  if (!reading_) {
    const std::lock_guard lock(mutex_);
    reading_ = unread_.front();
    next_row_ = 0;
  }
  const uint32_t rows = std::min(max_rows, reading_->published() - next_row_);
  auto held = std::make_unique<HeldSlice>(this, reading_, next_row_);
  held->describe(held->columns[0], held->topic, 3, rows);
  held->describe(held->columns[1], held->payload, 3, rows);
  held->describe(held->columns[2], held->received, 2, rows);

  Slice slice = {};
  slice.messages.length = rows;
  slice.messages.n_buffers = 1;
  slice.messages.buffers = &held->validity;
  slice.messages.n_children = 3;
  slice.messages.children = held->children;
  slice.messages.release = HeldSlice::release;
  {
    const std::lock_guard lock(mutex_);
    slice.range =
        &ranges_.emplace_back(Range{reading_->first() + next_row_, rows, reading_, false});
  }
  reading_->holders.fetch_add(2, std::memory_order_relaxed);  // the arrays, and the range
  slice.messages.private_data = held.release();
  next_row_ += rows;
  taken_.fetch_add(rows, std::memory_order_relaxed);
  return slice;
}

void Intake::done(Range* range) {
  if (abandoned_) return;
  Block* block = range->block;
  bool advanced = false;
  {
    const std::lock_guard lock(mutex_);
    range->done = true;
    while (!ranges_.empty() && ranges_.front().done) {
      watermark_.store(ranges_.front().first + ranges_.front().rows, std::memory_order_release);
      ranges_.pop_front();
      advanced = true;
    }
  }
  let_go(block);
  if (advanced) pump_.notify();
}

void Intake::let_go(Block* block) {
  if (block->holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const size_t bytes = block->memory_bytes();
  memory_.give_back({block->take_memory(), bytes});
  delete block;
  const std::lock_guard lock(mutex_);
  space_.notify_all();
}

}  // namespace penstock::engine
