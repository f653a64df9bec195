// The running graph of one pipeline file.
#pragma once

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/pipeline_description.hpp"
#include "graph/budget.hpp"
#include "graph/node.hpp"
#include "graph/timers.hpp"

namespace penstock::engine {

class LaneNode;
class SourceNode;
class TransformNode;

class Pipeline {
 public:
  // The description must outlive the pipeline.
  explicit Pipeline(const PipelineDescription& description);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Makes the plugins' instances and starts the transforms. False: `error` says why not.
  // From here on other threads may look at the pipeline.
  bool prepare(std::string& error);
  // Starts lanes, then sources. Those that cannot connect yet go on trying.
  void start();

  // Every source has said that nothing more will come.
  bool sources_finished() const;
  // Ends the sources; what they have appended goes on through the graph.
  void stop_sources();
  // Call again and again after stop_sources: flushes what nodes hold, and says whether
  // everything that came in is done.
  bool drain();
  // How many messages are not done, and how many of these the end of the process loses.
  uint64_t undone() const;
  uint64_t undone_in_memory() const;
  // A sink or a blocking transform waits before it tries again.
  bool is_retrying() const;
  // Before the process ends with work undone.
  void abandon();
  // After drain: ends the lanes.
  void stop_lanes();

  const PipelineDescription& description() const { return description_; }
  const std::vector<std::unique_ptr<Node>>& nodes() const { return nodes_; }
  std::chrono::steady_clock::time_point started_at() const { return started_at_; }
  // What the documentation calls points: records, from the intakes to the end of the graph.
  Accounting accounting() const;
  const Budget& budget() const { return budget_; }
  // Any thread: whoever watches the progress says whether it has stopped (graph/progress.hpp).
  void set_stalled(bool stalled) { stalled_ = stalled; }
  bool is_stalled() const { return stalled_; }

 private:
  void add_node(const NodeDescription& node);
  void connect(size_t node);
  uint64_t messages() const;
  void wait_for_tasks();

  const PipelineDescription& description_;
  const std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
  std::atomic<bool> stalled_ = false;
  Budget budget_;
  Timers timers_;
  // TBB counts a thread for whoever waits; here nobody does, so a core would stay unused.
  oneapi::tbb::global_control workers_;
  oneapi::tbb::task_arena arena_;
  std::unique_ptr<oneapi::tbb::flow::graph> graph_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<SourceNode*> sources_;
  std::vector<TransformNode*> transforms_;
  std::vector<LaneNode*> lanes_;
};

}  // namespace penstock::engine
