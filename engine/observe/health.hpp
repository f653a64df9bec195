// /health, /health/live and /health/ready.
#pragma once

#include <string>

#include "observe/snapshot.hpp"

namespace penstock::engine {

// A state that is good or not, and its JSON.
struct StateReport {
  bool is_good = true;
  std::string json;
};

// Every node is healthy.
StateReport health_report(const Snapshot& snapshot);
// The engine and its transforms move.
StateReport live_report(const Snapshot& snapshot);
// As health_report, with what is missing alone.
StateReport ready_report(const Snapshot& snapshot);

}  // namespace penstock::engine
