// Numbers that the engine and its plugins keep, written by any thread, read by /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace penstock::engine {

using Count = std::atomic<uint64_t>;

inline void add(Count& count, uint64_t amount) {
  count.fetch_add(amount, std::memory_order_relaxed);
}
inline uint64_t get(const Count& count) { return count.load(std::memory_order_relaxed); }

// The documented buckets of `_batch_duration_seconds`: 1 ms to 10 s.
inline constexpr std::array<double, 13> kDurationBuckets{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

// How a histogram stands at one moment; `counts` are not cumulative, the last is +Inf.
struct HistogramReading {
  std::array<uint64_t, kDurationBuckets.size() + 1> counts{};
  uint64_t count = 0;
  double sum = 0;

  HistogramReading& operator+=(const HistogramReading& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    count += other.count;
    sum += other.sum;
    return *this;
  }
};

// One metric of one instance; which members count follows from the metric's kind.
class MetricCell {
 public:
  void add(double amount) { number_.fetch_add(amount, std::memory_order_relaxed); }
  void set(double value) { number_.store(value, std::memory_order_relaxed); }
  double number() const { return number_.load(std::memory_order_relaxed); }

  void observe(double seconds);
  void observe(const HistogramReading& others);
  HistogramReading histogram() const;

  void label(std::string value);
  std::string label() const;

 private:
  std::atomic<double> number_ = 0;
  mutable std::mutex mutex_;
  HistogramReading histogram_;
  std::string label_;
};

}  // namespace penstock::engine
