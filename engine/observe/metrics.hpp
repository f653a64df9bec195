// What /metrics says of a pipeline and of this process.
#pragma once

#include "observe/metric_families.hpp"
#include "observe/snapshot.hpp"

namespace penstock::engine {

void add_pipeline_metrics(const Snapshot& snapshot, MetricFamilies& to);
// Version, log, and what the kernel counts.
void add_process_metrics(MetricFamilies& to);

}  // namespace penstock::engine
