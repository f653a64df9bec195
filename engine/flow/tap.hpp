// Samples of the rows that pass a place of the graph. Without a listener a batch costs the read of
// one number; with one, the few rows that it may have, never a wait, and never a hold on the batch.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "provenance/batch.hpp"

namespace penstock::engine {

// One listener, and what it has not yet read.
class Tap {
 public:
  // The most rows per second that it takes.
  explicit Tap(double rows_per_second);

  // The graph's threads.
  void offer(const Batch& batch);
  // The listener: what has come since the last call, as lines of JSON, at most `most`.
  std::vector<std::string> take(size_t most);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kMostOfABatch = 20;
  static constexpr size_t kMostWaiting = 1000;

  size_t due();
  void take_rows(const Batch& batch, size_t count);

  const double rate_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
  double allowance_;
  Clock::time_point last_ = Clock::now();
};

// A place where taps can be.
class TapPoint {
 public:
  void offer(const Batch& batch) {
    if (taps_count_.load(std::memory_order_relaxed) > 0) offer_to_all(batch);
  }
  void add(std::shared_ptr<Tap> tap);
  void remove(const Tap& tap);

 private:
  void offer_to_all(const Batch& batch);

  std::atomic<size_t> taps_count_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Tap>> taps_;
};

}  // namespace penstock::engine
