// The running graph of one pipeline file: sources with their intakes, and the graph behind them.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <vector>

#include "config/pipeline_description.hpp"
#include "config/result.hpp"
#include "flow/graph.hpp"
#include "flow/node.hpp"
#include "provenance/budget.hpp"

namespace penstock::engine {

class SourceNode;
struct Change;

// What became of the changes that were asked for while it ran.
struct Reloads {
  Count done = 0;
  Count refused = 0;
  std::atomic<double> last_pause_s = 0;  // in which nothing left an intake
};

class Pipeline {
 public:
  explicit Pipeline(PipelineDescription description);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Makes the plugins' instances, opens intakes and starts the transforms. From here on other
  // threads may look at the pipeline.
  Result<void> prepare();
  // Starts lanes, then sources. Those that cannot connect yet keep trying.
  void start();

  // Every source has said that nothing more will come.
  bool sources_finished() const;
  bool any_source_gave_up() const;
  // Ends the sources; what they have appended still goes through the graph.
  void stop_sources();
  // Call again and again after stop_sources or hold: flushes what nodes hold, and says whether
  // everything that is to come out of the intakes is done.
  bool drain();
  // How many messages are not done, and how many of these the end of the process loses.
  uint64_t undone() const;
  uint64_t undone_in_memory() const;
  bool is_retrying() const { return graph_->is_retrying(); }
  // Ask once in a while: whether an intake's folder is gone and all that it held is done, so that
  // the process must restart.
  bool must_begin_anew();
  // Before the process ends with work undone.
  void abandon();
  // After drain: ends the lanes.
  void stop_lanes() { graph_->finish(); }

  // ---- A change while it runs, step by step, by the thread that runs the pipeline ----

  // Makes what `next` needs, except for the sources that stay as they are. When it fails, nothing
  // has changed.
  Result<void> prepare_change(PipelineDescription next);
  // The sources that stay keep appending, but nothing leaves their intakes; the others receive
  // nothing more, and what they have is written.
  void hold();
  // Of sources that end: messages that only memory holds, so that they must be waited for.
  // `for_good`: without those that a changed source of the same name takes over.
  uint64_t leaving_in_memory(bool for_good = false) const;
  // Stops the leaving sources; the change can no longer be undone.
  void end_leaving();
  bool leaving_stopped() const;
  // For a graph that does not come to an end: its lanes end after the calls that they are in.
  // Wait until `lanes_stopped` before `change`.
  void stop_lanes_early() { graph_->request_stop(); }
  bool lanes_stopped() const { return graph_->stopped(); }
  struct Changed {
    size_t sources_kept = 0;
    uint64_t dispatched_again = 0;  // messages that were on their way
    uint64_t left_on_disk = 0;      // in intakes of sources that ended
    uint64_t transferred = 0;       // of those in memory, to the changed source
    uint64_t lost = 0;              // of those in memory
  };
  // Replaces the graph and the sources that ended, and resumes. What was not done is dispatched
  // once more. `ended` is called when no plugin of the old graph runs any more. When it fails, the
  // pipeline must end.
  Result<Changed> change(
      bool drained, const std::function<void()>& ended = [] {});
  // Instead, before end_leaving: the pipeline keeps running unchanged.
  void forget_change();

  // Any thread but the one that runs the pipeline: holds off a change while it looks.
  std::shared_lock<std::shared_mutex> look() const { return std::shared_lock(changing_); }
  const PipelineDescription& description() const { return description_; }  // its nodes are `nodes`
  // In the order of the flow.
  const std::vector<Node*>& nodes() const { return nodes_; }
  std::chrono::steady_clock::time_point started_at() const { return started_at_; }
  // What the documentation calls points: records, from the intakes to the end of the graph.
  Accounting accounting() const;
  const Budget& budget() const { return budget_; }
  // Any thread. The thread that runs the pipeline counts them.
  Reloads& reloads() { return reloads_; }
  const Reloads& reloads() const { return reloads_; }
  // Any thread. Set by the one that watches the progress (pipeline/progress.hpp).
  void set_stalled(bool stalled) { stalled_ = stalled; }
  bool is_stalled() const { return stalled_; }

 private:
  uint64_t messages() const;
  void set_pumps();
  // The steps of `change`.
  SourceNode* heir_of(const SourceNode& source) const;
  void transfer_memory(Changed& changed);
  void keep_account(bool drained, Changed& changed);
  void continue_counts();
  Result<void> replace_sources(Changed& changed);

  PipelineDescription description_;
  const std::chrono::steady_clock::time_point started_at_ = std::chrono::steady_clock::now();
  std::atomic<bool> stalled_ = false;
  Budget budget_;
  std::vector<std::unique_ptr<SourceNode>> sources_;
  std::unique_ptr<Graph> graph_;
  std::vector<Node*> nodes_;
  PastEnds past_;
  Reloads reloads_;
  std::unique_ptr<Change> change_;
  mutable std::shared_mutex changing_;
};

}  // namespace penstock::engine
