#include "graph/progress.hpp"

#include "graph/lane_node.hpp"
#include "graph/source_node.hpp"

namespace penstock::engine {
namespace {

uint64_t steps_of(const Node& node) {
  uint64_t steps = get(node.counts().batches_in);
  for (const auto& port : node.ports()) steps += get(port->batches);
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    steps += source->intake().watermark();
  }
  return steps;
}

bool could_go_on(const Node& node) {
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    return source->pumps() && source->intake().available() > 0 && source->has_room();
  }
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    const auto idle = lanes->lane_states()[static_cast<size_t>(LaneState::kIdle)];
    return node.counts().queued_batches > 0 && idle > 0;
  }
  return node.counts().queued_batches > 0 || node.counts().running_calls > 0;
}

}  // namespace

bool Progress::check() {
  uint64_t steps = 0;
  bool work = false;
  for (const auto& node : pipeline_.nodes()) {
    steps += steps_of(*node);
    work = work || could_go_on(*node);
  }
  const bool moved = steps != last_steps_;
  last_steps_ = steps;
  return moved || !work;
}

}  // namespace penstock::engine
