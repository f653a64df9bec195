// How many records the graph may work on at a time: the pipeline's `buffer_size`.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "intake/wakeup.hpp"

namespace penstock::engine {

class Budget {
 public:
  explicit Budget(int64_t records) : records_(records) {}

  int64_t size() const { return records_; }
  int64_t used() const { return used_.load(std::memory_order_relaxed); }
  bool has_room() const { return used() < records_; }

  void take(int64_t records) { used_.fetch_add(records, std::memory_order_relaxed); }
  void give_back(int64_t records) {
    used_.fetch_sub(records, std::memory_order_relaxed);
    for (Wakeup* pump : pumps_) pump->notify();
  }

  // Before the first `take`: whom to wake when there is room again.
  void add_pump(Wakeup& pump) { pumps_.push_back(&pump); }

 private:
  const int64_t records_;
  std::atomic<int64_t> used_ = 0;
  std::vector<Wakeup*> pumps_;
};

}  // namespace penstock::engine
