// Metric families by name, each with its metrics side by side, as Prometheus' text format demands.
#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <vector>

#include "telemetry/measures.hpp"

namespace penstock::engine {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

class MetricFamilies {
 public:
  void counter(const std::string& name, const std::string& help, MetricLabels labels, double value);
  void gauge(const std::string& name, const std::string& help, MetricLabels labels, double value);
  void histogram(const std::string& name, const std::string& help, MetricLabels labels,
                 const HistogramReading& reading);
  // Format 0.0.4.
  std::string text() const;

 private:
  prometheus::ClientMetric& metric(const std::string& name, const std::string& help,
                                   prometheus::MetricType type, MetricLabels labels);

  std::map<std::string, prometheus::MetricFamily> families_;
};

}  // namespace penstock::engine
