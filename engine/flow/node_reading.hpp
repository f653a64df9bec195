// How a node stands at one moment, as a value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/pipeline_description.hpp"
#include "intake/intake.hpp"
#include "plugin_host/instance.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

enum class LaneState { kStarting, kIdle, kWorking, kRetrying };
inline constexpr std::array<const char*, 4> kLaneStates{"starting", "idle", "working", "retrying"};
using LaneCounts = std::array<uint32_t, kLaneStates.size()>;

struct PortReading {
  std::string name;
  uint64_t rows = 0;
};

// One of the metrics that the plugin declares, over all instances.
struct MetricReading {
  const penstock_metric* declaration = nullptr;
  double number = 0;           // the sum; of a PENSTOCK_FLAG 1 if it is set in every instance
  HistogramReading histogram;  // PENSTOCK_HISTOGRAM
  std::string label;           // PENSTOCK_LABEL
};

struct IntakeReading {
  bool on_disk = false;
  uint64_t position = 0, watermark = 0;
  // Messages.
  uint64_t received = 0, dropped = 0, damaged = 0, undone = 0, waiting = 0;
  Intake::Totals totals;
  size_t bytes = 0, max_bytes = 0, segments = 0;
  double oldest_s = 0;
};

struct NodeReading {
  // Of the node, as long as it is there.
  const NodeDescription* description = nullptr;
  const std::vector<ShownOption>* options = nullptr;

  HealthReading health;
  bool has_fault = false;
  uint64_t rows_in = 0;
  uint64_t busy_ns = 0;
  uint64_t errors = 0, retries = 0;
  uint64_t rows_rejected = 0, rejected_lost = 0;
  int64_t queued_batches = 0, running_calls = 0;
  std::vector<PortReading> ports;
  std::vector<MetricReading> metrics;
  std::optional<LaneCounts> lanes;      // sinks and blocking transforms
  std::optional<IntakeReading> intake;  // sources

  const std::string& name() const { return description->name; }
  const penstock_node_type& type() const { return *description->type; }
};

}  // namespace penstock::engine
