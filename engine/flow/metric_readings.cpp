#include "flow/metric_readings.hpp"

#include "config/option_values.hpp"

namespace penstock::engine {

double number_of(const Node& node, size_t metric) {
  double sum = 0;
  bool all = !node.instances().empty();
  for (const auto& instance : node.instances()) {
    const double value = instance->cells()[metric].number();
    sum += value;
    all = all && value != 0;
  }
  return strided(node.type().metrics, metric).kind == PENSTOCK_FLAG ? (all ? 1 : 0) : sum;
}

HistogramReading histogram_of(const Node& node, size_t metric) {
  HistogramReading sum;
  for (const auto& instance : node.instances()) sum += instance->cells()[metric].histogram();
  return sum;
}

std::string label_of(const Node& node, size_t metric) {
  return node.instances().empty() ? "" : node.instances().front()->cells()[metric].label();
}

}  // namespace penstock::engine
