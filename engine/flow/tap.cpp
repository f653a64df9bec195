#include "flow/tap.hpp"

#include <algorithm>

#include "flow/row_json.hpp"

namespace penstock::engine {

Tap::Tap(double rows_per_second) : rate_(rows_per_second), allowance_(rows_per_second) {}

// Rows that may be taken now.
size_t Tap::due() {
  const auto now = Clock::now();
  const double passed = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  allowance_ = std::min(allowance_ + passed * rate_, std::max(1.0, rate_));
  return std::min(static_cast<size_t>(allowance_),
                  kMostWaiting - std::min(lines_.size(), kMostWaiting));
}

void Tap::offer(const Batch& batch) {
  // A listener that is just reading, or another thread that offers: this batch has none.
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || batch.rows == 0) return;
  const size_t count = std::min({due(), kMostOfABatch, static_cast<size_t>(batch.rows)});
  if (count == 0) return;
  take_rows(batch, count);
  allowance_ -= static_cast<double>(count);
}

// From all over the batch.
void Tap::take_rows(const Batch& batch, size_t count) {
  const auto step = std::max<int64_t>(1, batch.rows / static_cast<int64_t>(count));
  int64_t wanted = 0, before = 0;
  for (const ChunkPtr& chunk : batch.chunks) {
    const ArrowArray& rows = **chunk->array;
    for (; wanted - before < rows.length && count > 0; wanted += step, --count) {
      lines_.push_back(row_json(*batch.schema, rows, wanted - before));
    }
    before += rows.length;
  }
}

std::vector<std::string> Tap::take(size_t most) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  lines.swap(lines_);
  if (lines.size() > most) lines.resize(most);
  return lines;
}

void TapPoint::add(std::shared_ptr<Tap> tap) {
  const std::lock_guard lock(mutex_);
  taps_.push_back(std::move(tap));
  taps_count_ = taps_.size();
}

void TapPoint::remove(const Tap& tap) {
  const std::lock_guard lock(mutex_);
  std::erase_if(taps_, [&](const auto& each) { return each.get() == &tap; });
  taps_count_ = taps_.size();
}

void TapPoint::offer_to_all(const Batch& batch) {
  const std::lock_guard lock(mutex_);
  for (const auto& tap : taps_) tap->offer(batch);
}

}  // namespace penstock::engine
