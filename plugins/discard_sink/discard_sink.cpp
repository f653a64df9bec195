// discard_sink: takes everything and keeps nothing; for measuring, and for unwanted ports.
#include <penstock/plugin.hpp>

namespace {

using namespace penstock;

class Discard {
 public:
  struct Options {};
  enum Metrics : uint32_t { kRows };

  static Declaration declare() {
    return {
        .name = "discard_sink",
        .summary = "Takes everything and keeps nothing.",
        .options = {},
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "discarded_rows_total", "rows_discarded",
                     "Rows that were let go on purpose."}},
    };
  }

  Discard(const Options&, Context& context) : context_(context) {}

  Outcome process(const Batch& batch) {
    context_.add(kRows, static_cast<double>(batch.rows()));
    return Outcome::done();
  }

 private:
  Context& context_;
};

}  // namespace

PENSTOCK_PLUGIN("discard_sink", penstock::sink<Discard>())
