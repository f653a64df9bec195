#include "graph/pipeline.hpp"

#include <algorithm>
#include <thread>

#include "graph/hand_over.hpp"
#include "graph/lane_node.hpp"
#include "graph/source_node.hpp"
#include "graph/transform_node.hpp"

namespace penstock::engine {
namespace {

// As many as there can be tasks at a time, and no more than cores: a worker without work spins
// for a while before it sleeps, each time that a batch wakes it.
size_t workers_for(const PipelineDescription& description) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  size_t tasks = 0;
  for (const NodeDescription& node : description.nodes) {
    const bool in_tasks = node.type->kind == PENSTOCK_TRANSFORM &&
                          !(node.type->flags & (PENSTOCK_NODE_BLOCKING | PENSTOCK_NODE_LIGHT));
    if (in_tasks) tasks += node.parallelism;
  }
  return std::clamp<size_t>(tasks, 1, cores);
}

}  // namespace

Pipeline::Pipeline(const PipelineDescription& description)
    : description_(description),
      budget_(description.service.buffer_size),
      timers_([](Instance& instance) { instance.node().tick(instance); }),
      workers_(oneapi::tbb::global_control::max_allowed_parallelism, workers_for(description) + 1),
      // No slot for the threads that put batches in: all of the arena's are workers.
      arena_(static_cast<int>(workers_for(description)), 0) {
  // A graph runs its tasks in the arena that it was made in (oneTBB, graph::prepare_task_arena).
  arena_.execute([&] { graph_ = std::make_unique<oneapi::tbb::flow::graph>(); });
  for (const NodeDescription& node : description.nodes) add_node(node);
  for (size_t i = 0; i < nodes_.size(); ++i) connect(i);
}

// An input's node comes before those that read it, so what it knows of its own inputs is known.
void Pipeline::connect(size_t node) {
  const auto& inputs = description_.nodes[node].inputs;
  for (uint32_t input = 0; input < inputs.size(); ++input) {
    Node& from = *nodes_[inputs[input].node];
    from.ports()[inputs[input].port]->edges.push_back({nodes_[node].get(), input});
    const bool rejects = from.type().kind != PENSTOCK_SOURCE &&
                         inputs[input].port == from.description().rejected_port();
    if (rejects || from.all_inputs_rejected()) nodes_[node]->set_rejected_input(input);
  }
}

Pipeline::~Pipeline() {
  // What isn't done by now isn't: batches that end here were not stored.
  abandon();
  wait_for_tasks();
  // Whoever sends must end before those who receive.
  for (const auto& node : nodes_) {
    for (const auto& instance : node->instances()) timers_.cancel(*instance);
  }
  for (SourceNode* source : sources_) source->request_stop();
  for (LaneNode* lane : lanes_) lane->stop();
  // Held batches point into intakes, so plugins go before the nodes that own those.
  for (const auto& node : nodes_) {
    if (std::find(sources_.begin(), sources_.end(), node.get()) != sources_.end()) continue;
    for (const auto& instance : node->instances()) instance->destroy();
  }
  while (!nodes_.empty()) nodes_.pop_back();
}

void Pipeline::add_node(const NodeDescription& node) {
  const std::string& service = description_.service.name;
  const bool on_lanes =
      node.type->kind == PENSTOCK_SINK || (node.type->flags & PENSTOCK_NODE_BLOCKING);
  if (node.type->kind == PENSTOCK_SOURCE) {
    auto made = std::make_unique<SourceNode>(node, service, timers_, budget_);
    sources_.push_back(made.get());
    nodes_.push_back(std::move(made));
  } else if (on_lanes) {
    auto made = std::make_unique<LaneNode>(*graph_, node, service, timers_);
    lanes_.push_back(made.get());
    nodes_.push_back(std::move(made));
  } else {
    auto made = std::make_unique<TransformNode>(*graph_, node, service, timers_);
    transforms_.push_back(made.get());
    nodes_.push_back(std::move(made));
  }
}

bool Pipeline::prepare(std::string& error) {
  for (const auto& node : nodes_) {
    if (!node->create_instances(error)) return false;
  }
  for (TransformNode* transform : transforms_) {
    if (!transform->start(error)) return false;
  }
  return true;
}

void Pipeline::start() {
  for (LaneNode* lane : lanes_) lane->start();
  for (SourceNode* source : sources_) source->start();
}

bool Pipeline::sources_finished() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const SourceNode* source) { return source->finished(); });
}

void Pipeline::stop_sources() {
  for (SourceNode* source : sources_) source->request_stop();
}

bool Pipeline::drain() {
  bool handed_out = true, done = true;
  for (const SourceNode* source : sources_) {
    handed_out = handed_out && source->stopped() && source->handed_out();
    done = done && source->stopped() && source->intake().drained();
  }
  if (handed_out && !done) {
    for (const auto& node : nodes_) node->flush();
  }
  return done;
}

uint64_t Pipeline::undone() const {
  uint64_t sum = 0;
  for (const SourceNode* source : sources_) {
    sum += source->intake().undone();
  }
  return sum;
}

uint64_t Pipeline::undone_in_memory() const {
  uint64_t sum = 0;
  for (const SourceNode* source : sources_) {
    if (!source->intake().is_disk()) sum += source->intake().undone();
  }
  return sum;
}

bool Pipeline::is_retrying() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const LaneNode* lane) {
    return lane->lane_states()[static_cast<size_t>(LaneState::kRetrying)] > 0;
  });
}

void Pipeline::abandon() {
  for (SourceNode* source : sources_) source->intake().abandon();
}

void Pipeline::wait_for_tasks() {
  graph_->wait_for_all();
  taken_over(graph_.get());
}

void Pipeline::stop_lanes() {
  wait_for_tasks();
  for (LaneNode* lane : lanes_) lane->stop();
}

// All that ever came in, dropped or not.
uint64_t Pipeline::messages() const {
  uint64_t sum = 0;
  for (const SourceNode* source : sources_) {
    sum += source->intake().received() + source->intake().dropped() +
           get(source->counts().ends.dropped);
  }
  return sum;
}

// The numbers are read while they grow. Ends are read before what came in, so that no more seems to
// have ended than came; and nothing may be missing where nothing was undone and nothing came while
// they were read.
Accounting Pipeline::accounting() const {
  Accounting sum;
  const uint64_t before = messages();
  const bool idle = undone() == 0;
  uint64_t grown = 0;
  for (const SourceNode* source : sources_) sum.dropped += source->intake().dropped();
  for (const auto& node : nodes_) {
    const NodeEnds& ends = node->counts().ends;
    sum.stored += get(ends.stored);
    sum.filtered += get(ends.filtered);
    sum.rejected_kept += get(ends.rejected_kept);
    sum.rejected_lost += get(ends.rejected_lost);
    sum.dropped += get(ends.dropped);
  }
  for (const auto& node : nodes_) grown += get(node->counts().ends.grown);
  sum.received = messages() + grown;
  sum.in_flight = static_cast<int64_t>(sum.received - sum.ended());
  const bool settled = idle && messages() == before;
  sum.balanced = settled ? sum.in_flight == 0 : sum.in_flight >= 0;
  return sum;
}

}  // namespace penstock::engine
