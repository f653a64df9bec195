// A source: its intake, and the pump that hands the intake's messages to the graph.
#pragma once

#include <atomic>
#include <thread>

#include "graph/budget.hpp"
#include "graph/node.hpp"
#include "intake/intake.hpp"

namespace penstock::engine {

class SourceNode final : public Node {
 public:
  SourceNode(const NodeDescription& description, const std::string& service, Timers& timers,
             Budget& budget);
  ~SourceNode() override;

  static SourceNode& of(Instance& instance) { return static_cast<SourceNode&>(instance.node()); }

  // Opens the intake besides.
  bool create_instances(std::string& error) override;
  // Starts the pump thread, which starts the plugin.
  void start();
  // The source appends nothing more once `stopped` is true; the pump goes on.
  void request_stop();
  bool stopped() const { return stopped_; }
  void set_finished();
  bool finished() const { return finished_; }
  // Its plugin has started, or will not any more, so that the pump hands out what there is.
  bool pumps() const { return pumps_; }
  // Everything that was appended has been handed out.
  bool handed_out() const { return intake_.available() == 0; }

  Intake& intake() { return intake_; }
  const Intake& intake() const { return intake_; }

  void receive(BatchPtr, uint32_t) override {}
  void tick(Instance& instance) override;
  void flush() override {}

 private:
  void run();
  bool start_plugin();
  void hand_out();
  // Lets a batch fill that is about to.
  void gather();
  void tell_safe_position();

  Budget& budget_;
  Wakeup wakeup_;
  Intake intake_;
  uint64_t told_position_ = 0;
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> pumps_ = false;
  std::atomic<bool> end_ = false;
  std::atomic<bool> tick_due_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
