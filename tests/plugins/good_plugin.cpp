#include <penstock/plugin.hpp>

namespace {

using namespace penstock;

struct First {
  struct Options {};
  static Declaration declare() {
    return {.name = "good_plugin", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
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

PENSTOCK_PLUGIN("good_plugin", sink<First>(), sink<Second>())
