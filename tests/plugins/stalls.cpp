// Passes messages on until one says "stall"; then it never returns from its call.
#include <penstock/plugin.hpp>

#include <chrono>
#include <thread>

using namespace penstock;

class Stalls {
 public:
  struct Options {};

  static Declaration declare() {
    return {.name = "stalls",
            .summary = "Passes messages on until one says \"stall\".",
            .options = {},
            .ports = {{"out", "The messages."}},
            .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }

  Stalls(const Options&, Context& context) : context_(context) {}

  Outcome process(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const TextColumn payload(*batch.chunk(i).children[batch.column("payload")]);
      for (int64_t row = 0; row < batch.chunk(i).length; ++row) {
        while (payload[row] == "stall") std::this_thread::sleep_for(std::chrono::seconds(1));
      }
    }
    context_.forward(0, batch);
    return Outcome::done();
  }

 private:
  Context& context_;
};

PENSTOCK_PLUGIN("stalls", transform<Stalls>())
