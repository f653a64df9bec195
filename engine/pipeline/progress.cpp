#include "pipeline/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "flow/lane_node.hpp"
#include "flow/source_node.hpp"

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
      return fmt::format("{} messages are queued in its intake but not dispatched",
                         intake.available());
    }
    if (intake.refuses() && intake.undone() == 0) {
      return "its intake is empty but accepts no messages";
    }
    return "";
  }
  const int64_t queued = node.counts().queued_batches, held = node.counts().ends.held;
  if (is_in_call(node)) return "";
  if (queued > 0) return fmt::format("{} batches are queued but not taken", queued);
  if (held > 0 && !node.timers().any()) {
    return fmt::format("it holds {} rows and has no timer set to release them", held);
  }
  return "";
}

}  // namespace

uint64_t Progress::steps() const {
  uint64_t steps = 0;
  for (const auto& node : pipeline_.nodes()) steps += steps_of(*node);
  return steps;
}

bool Progress::has_work() const {
  const auto& nodes = pipeline_.nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const auto& node) { return could_go_on(*node); });
}

void Progress::look() {
  rested_ = rested_ || !has_work();
  const auto now = Clock::now();
  watched_.resize(pipeline_.nodes().size());
  for (size_t i = 0; i < watched_.size(); ++i) {
    Node& node = *pipeline_.nodes()[i];
    Watched& watched = watched_[i];
    const uint64_t steps = steps_of(node);
    std::string what = standstill_of(node);
    const bool is_new = std::exchange(watched.node, &node) != &node;
    const bool moved = std::exchange(watched.steps, steps) != steps;
    if (is_new || moved || what.empty()) watched.since = now;
    if (now - watched.since < patience_) what.clear();
    if (what.empty()) what = rejection_of_all(node, now);
    node.set_fault(std::move(what));
    if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
      node.set_note(note_of(*source, now));
    }
  }
}

std::string Progress::rejection_of_all(Node& node, Clock::time_point now) const {
  const NodeEnds& ends = node.counts().ends;
  uint64_t passed = get(ends.filtered) + get(ends.stored) + get(ends.passed_over) +
                    get(ends.stored_before) + get(ends.rejected_kept);
  for (const auto& port : node.ports()) {
    if (port->name != "rejected") passed += get(port->rows);
  }
  return node.rejections().look(passed, get(node.counts().rows_rejected), now,
                                patience_with_silence_);
}

std::string Progress::note_of(const SourceNode& source, Clock::time_point now) const {
  if (source.finished() || source.has_received()) return "";
  if (now - pipeline_.started_at() < patience_with_silence_) return "";
  return "nothing has been received since the start";
}

bool Progress::check() {
  const uint64_t steps = this->steps();
  const bool moved = std::exchange(checked_steps_, steps) != steps;
  const bool rested = std::exchange(rested_, false) || !has_work();
  return moved || rested;
}

}  // namespace penstock::engine
