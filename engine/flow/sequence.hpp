// Puts what the instances of a node emit back into the order of what came in
// (`ordered = true`).
#pragma once

#include <oneapi/tbb/flow_graph.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "plugin_host/instance.hpp"

namespace penstock::engine {

class Sequence {
 public:
  using Emit = std::function<void(const std::vector<Output>&)>;

  // `emit` is called for one job after the other, in the order of their numbers.
  Sequence(oneapi::tbb::flow::graph& graph, Emit emit);

  // Any thread: the number of a job that has arrived. Each one must end with `finished`.
  uint64_t next() { return next_.fetch_add(1); }
  // Any thread: what a job emits, which may be nothing.
  void finished(uint64_t number, std::vector<Output> outputs);

 private:
  struct Finished {
    size_t number;
    std::vector<Output> outputs;
  };

  std::atomic<uint64_t> next_ = 0;
  // By address: TBB copies what it carries.
  oneapi::tbb::flow::sequencer_node<Finished*> waiting_;
  oneapi::tbb::flow::function_node<Finished*> emitting_;
};

}  // namespace penstock::engine
