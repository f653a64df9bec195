#include "observe/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include <limits>

namespace penstock::engine {

using prometheus::MetricType;

void MetricFamilies::counter(const std::string& name, const std::string& help, MetricLabels labels,
                             double value) {
  metric(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
}

void MetricFamilies::gauge(const std::string& name, const std::string& help, MetricLabels labels,
                           double value) {
  metric(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void MetricFamilies::histogram(const std::string& name, const std::string& help,
                               MetricLabels labels, const HistogramReading& reading) {
  auto& to = metric(name, help, MetricType::Histogram, std::move(labels)).histogram;
  to.sample_count = reading.count;
  to.sample_sum = reading.sum;
  uint64_t cumulative = 0;
  for (size_t i = 0; i < reading.counts.size(); ++i) {
    cumulative += reading.counts[i];
    const double bound =
        i < kDurationBuckets.size() ? kDurationBuckets[i] : std::numeric_limits<double>::infinity();
    to.bucket.push_back({cumulative, bound});
  }
}

std::string MetricFamilies::text() const {
  std::vector<prometheus::MetricFamily> list;
  for (const auto& [name, family] : families_) list.push_back(family);
  return prometheus::TextSerializer().Serialize(list);
}

prometheus::ClientMetric& MetricFamilies::metric(const std::string& name, const std::string& help,
                                                 MetricType type, MetricLabels labels) {
  prometheus::MetricFamily& family = families_[name];
  family.name = name;
  family.help = help;
  family.type = type;
  family.metric.emplace_back().label = std::move(labels);
  return family.metric.back();
}

}  // namespace penstock::engine
