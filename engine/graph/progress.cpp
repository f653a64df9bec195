#include "graph/progress.hpp"

#include <fmt/format.h>

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

uint32_t idle_lanes(const LaneNode& lanes) {
  return lanes.lane_states()[static_cast<size_t>(LaneState::kIdle)];
}

bool hands_nothing_out(const SourceNode& source) {
  return source.pumps() && source.intake().available() > 0 && source.has_room();
}

bool could_go_on(const Node& node) {
  if (const auto* source = dynamic_cast<const SourceNode*>(&node))
    return hands_nothing_out(*source);
  const int64_t queued = node.counts().queued_batches;
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    return queued > 0 && idle_lanes(*lanes) > 0;
  }
  return queued > 0 || node.counts().running_calls > 0;
}

bool is_in_call(const Node& node) {
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    return idle_lanes(*lanes) < lanes->description().parallelism;
  }
  return node.counts().running_calls > 0;
}

// What waits in a node that nobody works on; a call that takes long has a word of its own
// (Instance::check_stall).
std::string standstill_of(Node& node) {
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    const Intake& intake = source->intake();
    if (hands_nothing_out(*source) && !source->is_held()) {
      return fmt::format("{} messages wait in its intake, and nothing hands them out",
                         intake.available());
    }
    if (intake.refuses() && intake.undone() == 0) {
      return "its intake takes nothing in, although it is empty";
    }
    return "";
  }
  const int64_t queued = node.counts().queued_batches, held = node.counts().ends.held;
  if (is_in_call(node)) return "";
  if (queued > 0) return fmt::format("{} batches wait for it, and nothing takes them up", queued);
  if (held > 0 && !node.timers().any()) {
    return fmt::format("it holds {} rows until more come, without a time to let them go", held);
  }
  return "";
}

}  // namespace

uint64_t Progress::steps() const {
  uint64_t steps = 0;
  for (const auto& node : pipeline_.nodes()) steps += steps_of(*node);
  return steps;
}

void Progress::look() {
  const auto now = Clock::now();
  if (const uint64_t steps = this->steps(); steps != seen_steps_) {
    seen_steps_ = steps;
    moved_at_ = now;
  }
  const bool stands = now - moved_at_ >= patience_;
  for (const auto& node : pipeline_.nodes()) {
    node->set_standstill(stands ? standstill_of(*node) : "");
  }
}

bool Progress::check() {
  bool work = false;
  for (const auto& node : pipeline_.nodes()) work = work || could_go_on(*node);
  const uint64_t steps = this->steps();
  const bool moved = steps != checked_steps_;
  checked_steps_ = steps;
  return moved || !work;
}

}  // namespace penstock::engine
