#include "flow/graph.hpp"

#include <algorithm>
#include <thread>

#include "flow/lane_node.hpp"
#include "flow/transform_node.hpp"
#include "flow/tsan.hpp"

namespace penstock::engine {
namespace {

size_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// As many as there can be tasks at a time, and no more than cores: a worker without work spins
// for a while before it sleeps, each time that a batch wakes it.
size_t workers_for(const std::vector<NodeDescription>& nodes) {
  size_t tasks = 0;
  for (const NodeDescription& node : nodes) {
    const bool in_tasks = node.type->kind == PENSTOCK_TRANSFORM &&
                          !(node.type->flags & (PENSTOCK_NODE_BLOCKING | PENSTOCK_NODE_LIGHT));
    if (in_tasks) tasks += node.parallelism;
  }
  return std::clamp<size_t>(tasks, 1, cores());
}

}  // namespace

Graph::Graph(const std::vector<NodeDescription>& nodes)
    : workers_(oneapi::tbb::global_control::max_allowed_parallelism, cores() + 1),
      // No slot for the threads that put batches in: all of the arena's are workers.
      arena_(static_cast<int>(workers_for(nodes)), 0) {
  // A graph runs its tasks in the arena that it was made in (oneTBB, graph::prepare_task_arena).
  arena_.execute([&] { graph_ = std::make_unique<oneapi::tbb::flow::graph>(); });
}

Graph::~Graph() {
  request_stop();
  for (LaneNode* lane : lanes_) lane->stop();
  discard();
  // What instances hold points into intakes and into the arrays of others: all of them end before
  // the first node does.
  for (const auto& node : nodes_) {
    for (const auto& instance : node->instances()) instance->destroy();
  }
  // Senders end before receivers.
  while (!nodes_.empty()) nodes_.pop_back();
}

Node& Graph::add(NodeDescription node, const std::string& service) {
  const bool on_lanes =
      node.type->kind == PENSTOCK_SINK || (node.type->flags & PENSTOCK_NODE_BLOCKING);
  if (on_lanes) {
    auto made = std::make_unique<LaneNode>(*graph_, std::move(node), service);
    lanes_.push_back(made.get());
    nodes_.push_back(std::move(made));
  } else {
    auto made = std::make_unique<TransformNode>(*graph_, std::move(node), service);
    transforms_.push_back(made.get());
    nodes_.push_back(std::move(made));
  }
  return *nodes_.back();
}

Result<void> Graph::prepare() {
  for (const auto& node : nodes_) {
    if (auto created = node->create_instances(); !created) return created;
  }
  for (TransformNode* transform : transforms_) {
    if (auto started = transform->start(); !started) return started;
  }
  return {};
}

void Graph::start() {
  for (LaneNode* lane : lanes_) lane->start();
}

void Graph::flush() {
  for (const auto& node : nodes_) node->flush();
}

bool Graph::is_retrying() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const LaneNode* lane) {
    return lane->lane_states()[static_cast<size_t>(LaneState::kRetrying)] > 0;
  });
}

void Graph::wait_for_tasks() {
  graph_->wait_for_all();
  happens_after(graph_.get());
}

void Graph::finish() {
  wait_for_tasks();
  for (LaneNode* lane : lanes_) lane->stop();
}

void Graph::request_stop() {
  for (LaneNode* lane : lanes_) lane->request_stop();
}

bool Graph::stopped() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const LaneNode* lane) { return lane->stopped(); });
}

void Graph::discard() {
  for (LaneNode* lane : lanes_) lane->discard();
  for (const auto& node : nodes_) node->timers().stop();
  wait_for_tasks();
}

}  // namespace penstock::engine
