// Has a metric of a kind that there is not.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static penstock_metric metric = sound::kMetric;
  metric.kind = 17;
  type.metrics = &metric;
  return type;
}
