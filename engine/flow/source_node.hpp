// A source: its intake, and the pump that dispatches the intake's messages to the graph.
#pragma once

#include <atomic>
#include <thread>

#include "flow/node.hpp"
#include "intake/intake.hpp"
#include "provenance/budget.hpp"

namespace penstock::engine {

class SourceNode final : public Node, public SourceServices {
 public:
  SourceNode(NodeDescription description, const std::string& service, Budget& budget);
  ~SourceNode() override;

  // After create_instances, before start.
  Result<void> open_intake();
  // Starts the pump thread, which starts the plugin.
  void start();
  // The source appends nothing more once `stopped` is true; the pump keeps running.
  void request_stop();
  bool stopped() const override { return stopped_; }
  void set_finished() override;
  bool finished() const { return finished_; }
  void give_up() override;
  bool has_given_up() const { return has_given_up_; }
  // Its plugin has started, or never will, so the pump dispatches.
  bool pumps() const { return pumps_; }
  // From when `is_held` is true until `resume` the pump dispatches nothing; the source keeps
  // appending.
  void hold();
  bool is_held() const { return hold_ && (held_ || !pumps_); }
  // The source receives nothing until `resume`, if that comes; the pump keeps running, and empties
  // the intake.
  void pause();
  void resume();
  // No thread of it runs any more. What was appended and is not done stays in the intake.
  void end();

  // Nothing of what may leave its intake is still in it.
  bool dispatched() const { return empties() ? intake_.reader().available() == 0 : rests(); }
  // And all that has left is done.
  bool drained() const {
    return empties() ? intake_.drained() : rests() && intake_.in_graph() == 0;
  }

  bool has_room() const { return budget_.has_room(); }
  // Since it started.
  bool has_received() const {
    return intake_.appended() != start_position_ || intake_.dropped() > 0;
  }
  SourceServices* source() override { return this; }
  Intake& intake() override { return intake_; }
  const Intake& intake() const { return intake_; }
  Wakeup& wakeup() { return wakeup_; }

  void receive(BatchPtr, uint32_t) override {}
  void tick(Instance& instance) override;
  void flush() override {}

  NodeReading read() const override;
  uint64_t steps() const override { return Node::steps() + intake_.ranges().watermark(); }
  bool could_go_on() const override;
  bool is_in_call() const override { return false; }
  std::string standstill() const override;
  bool waits_for_first_message() const override { return !finished() && !has_received(); }

 private:
  // Nothing more comes, and all that there is leaves; or nothing leaves.
  bool empties() const { return stopped_ || (is_paused() && pumps_); }
  bool rests() const { return is_paused() || is_held(); }
  bool is_paused() const { return paused_ && !stop_requested_; }
  void wake_pump();
  void run();
  bool start_plugin();
  void stop_plugin(bool started);
  bool may_dispatch() const;
  void dispatch();
  // Lets a batch fill that is about to.
  void gather();
  void acknowledge();

  SourceBudget budget_;
  Wakeup wakeup_;
  Intake intake_;
  uint64_t acknowledged_ = 0;
  std::atomic<uint64_t> start_position_ = 0;  // of the intake
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> stopped_ = false;
  std::atomic<bool> finished_ = false;
  std::atomic<bool> has_given_up_ = false;
  std::atomic<bool> pumps_ = false;
  std::atomic<bool> end_ = false;
  std::atomic<bool> tick_due_ = false;
  std::atomic<bool> paused_ = false;
  std::atomic<bool> hold_ = false;
  std::atomic<bool> held_ = false;
  std::thread thread_;
};

}  // namespace penstock::engine
