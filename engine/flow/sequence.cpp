#include "flow/sequence.hpp"

#include <memory>

#include "flow/hand_over.hpp"

namespace penstock::engine {

namespace flow = oneapi::tbb::flow;

Sequence::Sequence(flow::graph& graph, Send send)
    : waiting_(graph,
               [](Finished* finished) {
                 const uint64_t number = finished->number;
                 hand_over(finished);  // this read, too, comes before its end
                 return number;
               }),
      sending_(graph, flow::serial, [&graph, send = std::move(send)](Finished* finished) {
        taken_over(finished);
        const std::unique_ptr<Finished> owned(finished);
        send(owned->outputs);
        hand_over(&graph);
        return flow::continue_msg();
      }) {
  flow::make_edge(waiting_, sending_);
}

void Sequence::finished(uint64_t number, std::vector<Output> outputs) {
  auto finished = std::make_unique<Finished>(Finished{number, std::move(outputs)});
  hand_over(finished.get());
  waiting_.try_put(finished.release());
}

}  // namespace penstock::engine
