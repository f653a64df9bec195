// Throws through the C functions, which no plugin may.
#include <penstock/plugin.hpp>

using namespace penstock;

class Throws {
 public:
  struct Options {};
  static Declaration declare() {
    return {.name = "throws_through",
            .summary = "Throws through the C functions.",
            .options = {},
            .ports = {{"out", "Nothing."}},
            .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  Throws(const Options&, Context&) {}
  Outcome process(const Batch&) { return Outcome::done(); }
};

static penstock_node_type throwing() {
  penstock_node_type type = transform<Throws>();
  type.process = [](void*, const penstock_batch*) -> int32_t { throw 42; };
  return type;
}

PENSTOCK_PLUGIN("throws_through", throwing())
