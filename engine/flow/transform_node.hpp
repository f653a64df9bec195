// A transform that doesn't block: its calls are tasks of the flow graph.
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include "flow/node.hpp"

namespace penstock::engine {

struct TransformJob {
  enum Kind { kBatch, kTick, kFlush } kind = kBatch;
  BatchPtr batch;
  uint32_t input = 0;
  Instance* instance = nullptr;  // kTick, kFlush
  uint64_t number = 0;           // see Node::number_job
};

class TransformNode final : public Node {
 public:
  TransformNode(oneapi::tbb::flow::graph& graph, NodeDescription description,
                const std::string& service);

  // Starts the instances. False: `error` says why not.
  Result<void> start();

  void receive(BatchPtr batch, uint32_t input) override;
  void tick(Instance& instance) override;
  void flush() override;

  Result<void> try_out() override;
  bool could_go_on() const override;
  bool is_in_call() const override { return counts_.running_calls > 0; }

 private:
  using Job = TransformJob;

  void enqueue(Job job);
  void run(const Job& job);
  std::vector<Output> process(Instance& instance, const Job& job);
  // An instance that is free, locked. There are as many as tasks may run at a time, so one
  // is, but for those that a timer or flush has taken out of turn.
  std::pair<Instance*, std::unique_lock<std::mutex>> free_instance();

  // Jobs go through TBB by address: it copies what it carries. A light node's run in the thread
  // that enqueues them, as long as there is a free instance.
  using Tasks = oneapi::tbb::flow::function_node<Job*>;
  using LightTasks = oneapi::tbb::flow::function_node<Job*, oneapi::tbb::flow::continue_msg,
                                                      oneapi::tbb::flow::queueing_lightweight>;
  std::unique_ptr<oneapi::tbb::flow::receiver<Job*>> tasks_;
};

}  // namespace penstock::engine
