// A sink, or a transform that may block: each instance runs on its own thread, a lane.
#pragma once

#include <oneapi/tbb/flow_graph.h>
#include <penstock/backoff.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "flow/node.hpp"

namespace penstock::engine {

struct LaneJob {
  BatchPtr batch;
  uint32_t input = 0;
  uint64_t number = 0;  // see Node::number_job
  bool was_tried = false;
};

class LaneNode final : public Node {
 public:
  LaneNode(oneapi::tbb::flow::graph& graph, NodeDescription description,
           const std::string& service);
  ~LaneNode() override;

  Result<void> create_instances() override;
  // Starts the lanes; each starts its instance, and tries again until it can.
  void start();
  // Ends the lanes after the calls that they are in. What they have not done stays queued.
  void request_stop();
  bool stopped() const { return running_ == 0; }
  // The same, and returns when they have ended.
  void stop();
  // After stop, when nothing counts as done any more: releases what is queued and what still
  // comes.
  void discard();

  void receive(BatchPtr batch, uint32_t input) override;
  void tick(Instance& instance) override;
  void flush() override;

  LaneCounts lane_states() const;

  NodeReading read() const override;
  bool could_go_on() const override;
  bool is_in_call() const override;

 private:
  // A TBB node whose work is done elsewhere: the graph counts a job as going on until the
  // lane has released it. Jobs go through TBB by address: it copies what it carries. Light: they
  // are queued by the thread that brings them, so that no call of a plugin can hold them up.
  using Entry = oneapi::tbb::flow::async_node<LaneJob*, oneapi::tbb::flow::continue_msg,
                                              oneapi::tbb::flow::queueing_lightweight>;

  struct Lane {
    Instance* instance = nullptr;
    std::atomic<LaneState> state = LaneState::kStarting;
    bool tick_due = false;
    bool flush_due = false;
    bool has_requeued = false;
    Backoff backoff;
    std::thread thread;
  };

  void enqueue(std::unique_ptr<LaneJob> job, Entry::gateway_type& gateway);
  void run(Lane& lane);
  bool start_instance(Lane& lane);
  // False: the job is not done. It goes back into the queue, at the front, or if it is `to_wait`
  // behind the others.
  bool work(Lane& lane, LaneJob& job, std::vector<Output>& outputs, bool& to_wait);
  void requeue(std::unique_ptr<LaneJob> job, bool to_wait);
  // on_timer or flush, once more as long as it is to be tried again (plugin.h, penstock_status).
  void call(Lane& lane, bool tick);
  // One attempt failed; waits. False: the lanes are stopping.
  bool wait_after_failure(Lane& lane);
  void recovered(Lane& lane);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<LaneJob>> jobs_;
  bool stop_ = false, discard_ = false;
  std::atomic<size_t> running_ = 0;  // lanes
  std::vector<std::unique_ptr<Lane>> lanes_;
  Entry entry_;
};

}  // namespace penstock::engine
