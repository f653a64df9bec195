#include "pipeline/progress.hpp"

#include <algorithm>
#include <utility>

namespace penstock::engine {
uint64_t Progress::steps() const {
  uint64_t steps = 0;
  for (const auto& node : pipeline_.nodes()) steps += node->steps();
  return steps;
}

bool Progress::has_work() const {
  const auto& nodes = pipeline_.nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const auto& node) { return node->could_go_on(); });
}

void Progress::look() {
  rested_ = rested_ || !has_work();
  const auto now = Clock::now();
  watched_.resize(pipeline_.nodes().size());
  for (size_t i = 0; i < watched_.size(); ++i) {
    Node& node = *pipeline_.nodes()[i];
    Watched& watched = watched_[i];
    const uint64_t steps = node.steps();
    std::string what = node.standstill();
    const bool is_new = std::exchange(watched.node, &node) != &node;
    const bool moved = std::exchange(watched.steps, steps) != steps;
    if (is_new || moved || what.empty()) watched.since = now;
    if (now - watched.since < patience_) what.clear();
    if (what.empty()) what = rejection_of_all(node, now);
    node.set_fault(std::move(what));
    node.set_note(note_of(node, now));
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

std::string Progress::note_of(const Node& node, Clock::time_point now) const {
  if (!node.waits_for_first_message()) return "";
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
