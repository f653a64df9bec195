#include <penstock/plugin.hpp>

// Built as NAME, for the ABI minor version PENSTOCK_TARGET_MINOR or the SDK's default.

namespace {

using namespace penstock;

struct First {
  struct Options {};
  static Declaration declare() {
    return {.name = NAME, .summary = "t", .options = {}, .ports = {}, .metrics = {}};
  }
  First(const Options&, Context&) {}
  Outcome process(const Batch&) { return Outcome::done(); }
};

struct Second : First {
  using First::First;
  static Declaration declare() {
    return {.name = "second", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
  }
};

}  // namespace

PENSTOCK_PLUGIN(NAME, sink<First>(), sink<Second>())
