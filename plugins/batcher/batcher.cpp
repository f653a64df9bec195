// batcher: many small batches become few large ones, without copying a row.
#include <penstock/plugin.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace penstock;

class Batcher {
 public:
  struct Options {
    int64_t rows = 0;
    std::chrono::nanoseconds interval{};
  };
  enum Metrics : uint32_t { kFlushed, kCurrent };

  static Declaration declare() {
    return {
        .name = "batcher",
        .summary = "Gathers rows into batches by count and by time.",
        .options =
            {
                option<&Options::rows>(
                    "rows", {.help = "A batch closes once it holds this many, or more: what "
                                     "comes in is never split.",
                             .default_value = "5000",
                             .unit = "rows",
                             .min = 1,
                             .max = 10'000'000}),
                option<&Options::interval>(
                    "interval", {.help = "It closes at the latest this long after its first row.",
                                 .default_value = "100ms",
                                 .min = 0.001,
                                 .max = 3600}),
            },
        .ports = {{"out", "The large batches."}},
        .metrics = {{PENSTOCK_COUNTER, "batches_flushed_total", "batches_flushed",
                     "Batches that the batcher closed.", true},
                    {PENSTOCK_GAUGE, "batcher_current_rows", "current_batch_size",
                     "Rows in the batch that is still open."}},
        .light = true,
        .usual = true,
    };
  }

  static void check(const Options& options, Report& report) {
    if (report.buffer_size() == 0 || options.rows <= report.buffer_size()) return;
    report.warning("rows", std::to_string(options.rows) +
                               " rows never come together: the pipeline "
                               "works on buffer_size = " +
                               std::to_string(report.buffer_size()) +
                               " at a time; batches close by interval");
  }

  Batcher(const Options& options, Context& context) : options_(options), context_(context) {}

  Outcome process(const Batch& batch) {
    if (held_.empty()) context_.call_in(options_.interval);
    held_.emplace_back(batch);
    rows_ += batch.rows();
    if (rows_ >= options_.rows) flush();
    else context_.set(kCurrent, static_cast<double>(rows_));
    return Outcome::done();
  }

  void flush() {
    if (held_.empty()) return;
    context_.cancel_call();
    context_.forward(0, held_);
    held_.clear();
    rows_ = 0;
    context_.add(kFlushed);
    context_.set(kCurrent, 0);
  }

  void on_timer() { flush(); }

 private:
  const Options options_;
  Context& context_;
  std::vector<HeldBatch> held_;
  int64_t rows_ = 0;
};

}  // namespace

PENSTOCK_PLUGIN("batcher", penstock::transform<Batcher>())
