// Whether a running graph gets on.
#pragma once

#include <cstdint>

#include "graph/pipeline.hpp"

namespace penstock::engine {

class Progress {
 public:
  // The pipeline must outlive it.
  explicit Progress(const Pipeline& pipeline) : pipeline_(pipeline) {}

  // False: since the last call nothing has moved, although there is work that waits for nobody
  // but the engine and its transforms. A sink that waits for the outside, or a node that holds
  // rows until more come, stands still by right.
  bool check();

 private:
  const Pipeline& pipeline_;
  uint64_t last_steps_ = 0;
};

}  // namespace penstock::engine
