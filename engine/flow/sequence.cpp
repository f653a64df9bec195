#include "flow/sequence.hpp"

#include <memory>

#include "flow/tsan.hpp"

namespace penstock::engine {

namespace flow = oneapi::tbb::flow;

Sequence::Sequence(flow::graph& graph, Emit emit)
    : waiting_(graph,
               [](Finished* finished) {
                 const uint64_t number = finished->number;
                 happens_before(finished);  // this read, too, comes before its end
                 return number;
               }),
      emitting_(graph, flow::serial, [&graph, emit = std::move(emit)](Finished* finished) {
        happens_after(finished);
        const std::unique_ptr<Finished> owned(finished);
        emit(owned->outputs);
        happens_before(&graph);
        return flow::continue_msg();
      }) {
  flow::make_edge(waiting_, emitting_);
}

void Sequence::finished(uint64_t number, std::vector<Output> outputs) {
  auto finished = std::make_unique<Finished>(Finished{number, std::move(outputs)});
  happens_before(finished.get());
  waiting_.try_put(finished.release());
}

}  // namespace penstock::engine
