// Whether a running graph gets on.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "graph/pipeline.hpp"

namespace penstock::engine {

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // The pipeline must outlive it.
  explicit Progress(const Pipeline& pipeline,
                    std::chrono::milliseconds patience = std::chrono::seconds(10))
      : pipeline_(pipeline), patience_(patience) {}

  // Once in a while, by one thread: each node in which something has waited for as long as the
  // patience, with nobody working on it and no step of the node, says so in its health. A sink that
  // waits for the outside, and rows that are held until a time that is set, stand still by right.
  void look();
  // False: since the last call nothing has moved, although each look and this one found work that
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
  uint64_t steps() const;

  const Pipeline& pipeline_;
  const std::chrono::milliseconds patience_;
  std::vector<Watched> watched_;  // of the pipeline's nodes
  uint64_t checked_steps_ = 0;
  bool rested_ = false;  // at a look since then
};

}  // namespace penstock::engine
