#include "telemetry/measures.hpp"

namespace penstock::engine {

void MetricCell::observe(double seconds) {
  size_t bucket = 0;
  while (bucket < kDurationBuckets.size() && seconds > kDurationBuckets[bucket]) ++bucket;
  const std::lock_guard lock(mutex_);
  ++histogram_.counts[bucket];
  ++histogram_.count;
  histogram_.sum += seconds;
}

void MetricCell::observe(const HistogramReading& others) {
  const std::lock_guard lock(mutex_);
  histogram_ += others;
}

HistogramReading MetricCell::histogram() const {
  const std::lock_guard lock(mutex_);
  return histogram_;
}

void MetricCell::label(std::string value) {
  const std::lock_guard lock(mutex_);
  label_ = std::move(value);
}

std::string MetricCell::label() const {
  const std::lock_guard lock(mutex_);
  return label_;
}

}  // namespace penstock::engine
