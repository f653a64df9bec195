// How many records the graph may work on at a time: the pipeline's `buffer_size`.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "intake/wakeup.hpp"

namespace penstock::engine {

// What a record may weigh. Larger messages count as several, so that many of them, held while a
// sink's other side is away, do not take the machine's memory.
inline constexpr int64_t kRecordBytes = 4096;
inline int64_t records_in(int64_t rows, int64_t bytes) {
  return std::max(rows, bytes / kRecordBytes);
}

class Budget {
 public:
  explicit Budget(int64_t records) : records_(records) {}
  void resize(int64_t records) { records_ = records; }

  int64_t size() const { return records_; }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  bool has_room() const { return used() < records_; }
  // What each source may have there whatever happens behind the others.
  int64_t share() const {
    return records_ / static_cast<int64_t>(pumps_.empty() ? 1 : pumps_.size());
  }

  void reserve(int64_t records) { used_.fetch_add(records, std::memory_order_relaxed); }
  void release(int64_t records) {
    used_.fetch_sub(records, std::memory_order_relaxed);
    for (Wakeup* pump : pumps_) pump->notify();
  }

  // While nothing is taken: whom to wake when there is room again.
  void set_pumps(std::vector<Wakeup*> pumps) { pumps_ = std::move(pumps); }

 private:
  std::atomic<int64_t> records_;
  std::atomic<int64_t> used_ = 0;
  std::vector<Wakeup*> pumps_;
};

// One source's part of it.
class SourceBudget {
 public:
  explicit SourceBudget(Budget& whole) : whole_(whole) {}

  bool has_room() const {
    return whole_.has_room() || used_.load(std::memory_order_relaxed) < whole_.share();
  }
  void reserve(int64_t records) {
    used_.fetch_add(records, std::memory_order_relaxed);
    whole_.reserve(records);
  }
  void release(int64_t records) {
    used_.fetch_sub(records, std::memory_order_relaxed);
    whole_.release(records);
  }

 private:
  Budget& whole_;
  std::atomic<int64_t> used_ = 0;
};

}  // namespace penstock::engine
