// A vertex of the running graph: a plugin's instances, and the edges that leave them.
#pragma once

#include <oneapi/tbb/flow_graph.h>
#include <penstock/plugin.h>
#include <spdlog/logger.h>
#include <penstock/occasionally.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/pipeline_description.hpp"
#include "config/result.hpp"
#include "flow/node_reading.hpp"
#include "flow/rejections.hpp"
#include "flow/tap.hpp"
#include "plugin_host/instance.hpp"
#include "plugin_host/node_services.hpp"
#include "plugin_host/timers.hpp"
#include "provenance/batch.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

class Node;
class Sequence;

struct Edge {
  Node* to = nullptr;
  uint32_t input = 0;
};

struct OutputPort {
  std::string name;
  std::vector<Edge> edges;
  Count rows = 0;
  Count batches = 0;
  TapPoint taps;
};

// What the engine counts of a node, in addition to the plugin's own metrics.
struct NodeCounts {
  Count rows_in = 0;
  Count batches_in = 0;
  Count busy_ns = 0;
  Count errors = 0;
  Count retries = 0;
  Count rows_rejected = 0;  // read or not
  std::atomic<int64_t> queued_batches = 0;
  std::atomic<int64_t> running_calls = 0;  // of a transform's instances
  NodeEnds ends;
};

class Node : public NodeServices {
 public:
  Node(NodeDescription description, std::string service);
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Makes the instances.
  virtual Result<void> create_instances();
  // Instead, for `penstock check`: what can be tried without connecting to anything.
  virtual Result<void> try_out() { return create_instances(); }

  // Any thread: a batch has arrived by an edge.
  virtual void receive(BatchPtr batch, uint32_t input) = 0;
  // Any thread: calls on_timer of an instance as soon as it is free.
  virtual void tick(Instance& instance) = 0;
  // Any thread: calls flush of every instance as soon as it is free.
  virtual void flush() = 0;

  const NodeDescription& description() const override { return description_; }
  // As the file has them now: a source may have stayed while its file changed in words only.
  void show_options(std::vector<ShownOption> options, NamedOptions buffer) {
    shown_options_ = std::move(options);
    description_.shown_buffer = std::move(buffer);
  }
  const penstock_node_type& type() const { return *description_.type; }
  const std::string& name() const { return description_.name; }
  const std::string& service() const { return service_; }
  spdlog::logger& logger() const override { return *logger_; }
  Timers& timers() override { return timers_; }
  SourceServices* source() override { return nullptr; }
  size_t readers(uint32_t port) const override { return ports_[port]->edges.size(); }
  const NodeCounts& counts() const { return counts_; }
  const std::vector<std::unique_ptr<OutputPort>>& ports() const { return ports_; }
  const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }
  std::vector<std::unique_ptr<OutputPort>>& ports() { return ports_; }
  // Any thread: of what leaves by the port, or with an empty name: of what leaves by the first one,
  // or of what comes to a sink. nullptr: there is no such port.
  TapPoint* tap_point(const std::string& port);

  // Rows that come by this input have been rejected before: a sink that writes them keeps them.
  void set_rejected_input(uint32_t input) { rejected_inputs_.at(input) = true; }
  bool all_inputs_rejected() const;
  void grew(int64_t rows) override { add(counts_.ends.grown, static_cast<uint64_t>(rows)); }
  void dropped(uint64_t count) override {
    const bool kept_before = type().kind == PENSTOCK_SINK;
    add(kept_before ? counts_.ends.rejected_discarded : counts_.ends.dropped, count);
  }

  std::vector<Output> rejection_of(const Delivery& delivery, const std::string& reason) override;
  std::vector<Output> rejection_of(const Delivery& delivery,
                                   std::vector<RejectedRow> rows) override;
  const Deliveries& deliveries() const override { return deliveries_; }

  // Takes over what a node of the same type counted, which this one replaces.
  void continue_counts_of(const Node& before);

  // That of its worst instance; if all are healthy its fault, or else its note.
  HealthReading health() const;
  // Any thread: what the engine sees go wrong with it, such as queued work that nobody takes; empty
  // if nothing does.
  void set_fault(std::string what);
  bool has_fault() const {
    const std::lock_guard lock(fault_mutex_);
    return !fault_.empty();
  }
  // Any thread: what is not a fault, but worth knowing.
  void set_note(std::string what);
  Rejections& rejections() { return rejections_; }
  // Any thread, after an instance's health changed: logs it when the node's changed with it,
  // so that trouble of several instances, or of many attempts, is one line.
  void log_health_change() override;

  // Any thread: how it stands now.
  virtual NodeReading read() const;
  // Grows with everything that it does.
  virtual uint64_t steps() const;
  // It has work that depends on nothing but the engine and its transforms.
  virtual bool could_go_on() const = 0;
  virtual bool is_in_call() const = 0;
  // What is queued in it although nobody works on it; empty if nothing is. A long call is reported
  // separately (Instance::check_stall).
  virtual std::string standstill() const;
  virtual bool waits_for_first_message() const { return false; }

 protected:
  // The batch as a call of an instance gets it; whoever makes the call releases it.
  Delivery* delivery_of(const BatchPtr& batch, uint32_t input);
  // What a call that succeeded emitted and rejected.
  std::vector<Output> outputs_of(Instance::CallResult result, const Delivery* delivery);
  // What is emitted leaves in the order in which jobs were numbered.
  void keep_order(oneapi::tbb::flow::graph& graph);
  // A job arrives; whatever it comes to must be emitted with its number.
  uint64_t number_job();
  void emit(uint64_t number, std::vector<Output> outputs);
  void emit_batch(size_t port, const BatchPtr& batch);

  NodeCounts counts_;

 private:
  MetricReading read_metric(size_t metric) const;
  void emit_all(const std::vector<Output>& outputs);
  void reject_rows(const Delivery& delivery, const std::vector<RejectedRow>& rows,
                   std::vector<Output>& to);
  void report_unread(const std::vector<RejectedRow>& rows);
  void report_new_kinds(const Delivery& delivery, const std::vector<RejectedRow>& rows);

  NodeDescription description_;  // of which only `show_options` changes anything
  std::vector<ShownOption> shown_options_;
  const std::string service_;
  Timers timers_;
  std::shared_ptr<spdlog::logger> logger_;
  std::vector<std::unique_ptr<OutputPort>> ports_;
  std::vector<std::unique_ptr<Instance>> instances_;
  std::vector<bool> rejected_inputs_;
  Deliveries deliveries_;
  TapPoint input_taps_;
  std::unique_ptr<Sequence> sequence_;  // of `ordered` nodes
  Occasionally tell_unread_;
  Rejections rejections_;
  mutable std::mutex fault_mutex_;
  std::string fault_, note_;
  std::mutex logged_health_mutex_;
  bool logged_degraded_ = false;
};

// Counts a scope among a node's running calls.
class RunningCall {
 public:
  explicit RunningCall(std::atomic<int64_t>& calls) : calls_(calls) {
    calls_.fetch_add(1, std::memory_order_relaxed);
  }
  ~RunningCall() { calls_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t>& calls_;
};

// Adds the time of a scope to a node's busy time.
class BusyTime {
 public:
  explicit BusyTime(Count& busy_ns) : busy_ns_(busy_ns) {}
  ~BusyTime() {
    const auto spent = std::chrono::steady_clock::now() - start_;
    add(busy_ns_,
        static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count()));
  }

 private:
  Count& busy_ns_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace penstock::engine
