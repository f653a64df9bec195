// How a running pipeline stands at one moment, as a value: what it shows anywhere is made of it.
#pragma once

#include <chrono>
#include <ctime>
#include <vector>

#include "flow/node_reading.hpp"
#include "pipeline/pipeline.hpp"
#include "provenance/accounting.hpp"

namespace penstock::engine {

struct Snapshot {
  const PipelineDescription* description = nullptr;  // while the pipeline is looked at
  std::time_t time = 0;
  std::chrono::steady_clock::time_point at;
  std::chrono::seconds uptime{0};
  bool is_stalled = false;
  Accounting points;
  uint64_t reloads_done = 0, reloads_refused = 0;
  double last_pause_s = 0;
  int64_t records_in_flight = 0, records_limit = 0;
  std::vector<NodeReading> nodes;  // in the order of the flow

  bool has_room() const { return records_in_flight < records_limit; }
  // nullptr: there is none.
  const NodeReading* find(const std::string& node) const;
};

// While looking at the pipeline (Pipeline::look), and valid no longer.
Snapshot snapshot_of(const Pipeline& pipeline);

}  // namespace penstock::engine
