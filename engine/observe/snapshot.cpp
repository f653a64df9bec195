#include "observe/snapshot.hpp"

#include <algorithm>

namespace penstock::engine {

const NodeReading* Snapshot::find(const std::string& node) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const auto& each) { return each.name() == node; });
  return found == nodes.end() ? nullptr : &*found;
}

Snapshot snapshot_of(const Pipeline& pipeline) {
  Snapshot snapshot;
  snapshot.description = &pipeline.description();
  snapshot.time = std::time(nullptr);
  snapshot.at = std::chrono::steady_clock::now();
  snapshot.uptime =
      std::chrono::duration_cast<std::chrono::seconds>(snapshot.at - pipeline.started_at());
  snapshot.is_stalled = pipeline.is_stalled();
  snapshot.points = pipeline.accounting();
  snapshot.reloads_done = get(pipeline.reloads().done);
  snapshot.reloads_refused = get(pipeline.reloads().refused);
  snapshot.last_pause_s = pipeline.reloads().last_pause_s;
  snapshot.records_in_flight = pipeline.budget().used();
  snapshot.records_limit = pipeline.budget().size();
  for (const Node* node : pipeline.nodes()) snapshot.nodes.push_back(node->read());
  return snapshot;
}

}  // namespace penstock::engine
