// Whether a running graph gets on, and whether anything comes of what it does.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "pipeline/pipeline.hpp"

namespace penstock::engine {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // The pipeline must outlive it.
  explicit Progress(const Pipeline& pipeline,
                    std::chrono::milliseconds patience = std::chrono::seconds(10),
                    std::chrono::milliseconds patience_with_silence = std::chrono::minutes(1))
      : pipeline_(pipeline), patience_(patience), patience_with_silence_(patience_with_silence) {}

  // Once in a while, by one thread: each node in which something has waited for as long as the
  // patience, with nobody working on it and no step of the node, says so in its health. A sink that
  // waits for the outside, and rows that are held until a time that is set, are legitimately idle.
  // So does a node that rejects everything; and a source to which nothing comes has a note.
  void look();
  // False: no progress since the last call, although each look and this one found work that
  // waits for nobody but the engine and its transforms. One alone may find a call that has just
  // begun.
  bool check();

 private:
  struct Watched {
    const Node* node = nullptr;
    uint64_t steps = 0;
    Clock::time_point since;  // when it last moved, or nothing waited in it
  };
  bool has_work() const;
  std::string rejection_of_all(Node& node, Clock::time_point now) const;
  std::string note_of(const Node& node, Clock::time_point now) const;
  uint64_t steps() const;

  const Pipeline& pipeline_;
  const std::chrono::milliseconds patience_;
  const std::chrono::milliseconds patience_with_silence_;
  std::vector<Watched> watched_;  // of the pipeline's nodes
  uint64_t checked_steps_ = 0;
  bool rested_ = false;  // at a look since then
};

}  // namespace penstock::engine
