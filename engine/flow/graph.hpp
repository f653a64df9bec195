// The transforms and sinks of a pipeline, on a oneTBB flow graph. A reload replaces it whole.
#pragma once

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <memory>
#include <string>
#include <vector>

#include "flow/node.hpp"

namespace penstock::engine {

class LaneNode;
class TransformNode;

class Graph {
 public:
  // For these nodes, of which `add` then takes those that are no sources.
  explicit Graph(const std::vector<NodeDescription>& nodes);
  // Ends all work in progress; what is not done by then must not count as done any more
  // (Ranges::abandon).
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  Node& add(NodeDescription node, const std::string& service);

  // Makes the instances and starts the transforms.
  Result<void> prepare();
  // Starts the lanes. Those that cannot connect yet keep trying.
  void start();
  // Nodes emit what they hold.
  void flush();
  // A sink or a blocking transform waits before it tries again.
  bool is_retrying() const;

  // For a graph in which everything is done: ends the lanes.
  void finish();
  // For any: lanes end after the calls that they are in, and take up nothing more.
  void request_stop();
  bool stopped() const;
  // After that: releases everything that is not done. Returns when nothing moves any more.
  void discard();

  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }

 private:
  void wait_for_tasks();

  // TBB reserves a thread for the caller that waits; none does here, and a core would stay unused.
  oneapi::tbb::global_control workers_;
  oneapi::tbb::task_arena arena_;
  std::unique_ptr<oneapi::tbb::flow::graph> graph_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<TransformNode*> transforms_;
  std::vector<LaneNode*> lanes_;
};

}  // namespace penstock::engine
