// Turns payloads that are plain numbers, such as 21.5, into points.
#include <penstock/plugin.hpp>

#include <charconv>
#include <cmath>
#include <string>

using namespace penstock;

class Numbers {
 public:
  // 1. What an operator can set, filled from the table in declare().
  struct Options {
    double scale = 1;
  };
  enum Ports : uint32_t { kOut };
  enum Metrics : uint32_t { kPoints };

  static Declaration declare() {
    return {
        .name = "example_transform",
        .summary = "Turns payloads that are plain numbers into points.",
        .options = {option<&Options::scale>(
            "scale", {.help = "What numbers are multiplied by.", .default_value = "1"})},
        .ports = {{"out", "The points."}},
        .metrics = {{PENSTOCK_COUNTER, "points_made_total", "points", "Points made."}},
        .rejects = true,
    };
  }

  // 2. The columns that it needs, and those that it emits.
  static Schema input_schema(const Options&) { return message_schema(); }
  static Schema output_schema(const Options&, uint32_t, const Schema&) {
    return {{"time", format::kTimestampUs}, {"topic", format::kUtf8}, {"value", format::kFloat64}};
  }

  Numbers(const Options& options, Context& context) : options_(options), context_(context) {}

  // 3. The work. One thread at a time is in an instance, so it needs no locks.
  Outcome process(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      FixedBuilder<int64_t> times;
      TextBuilder topics;
      FixedBuilder<double> values;
      const ArrowArray& chunk = batch.chunk(i);
      const TextColumn topic(*chunk.children[batch.column("topic")]);
      const TextColumn payload(*chunk.children[batch.column("payload")]);
      const FixedColumn<int64_t> received(*chunk.children[batch.column("received")]);
      for (int64_t row = 0; row < chunk.length; ++row) {
        double number = 0;
        if (!parse(payload[row], number)) {
          context_.reject_row(batch, i, row, "is not a number");
          continue;
        }
        times.push(received[row]);
        topics.push(topic[row]);
        values.push(number * options_.scale);
      }
      const auto rows = static_cast<int64_t>(topics.rows());
      context_.add(kPoints, static_cast<double>(rows));
      // Of this chunk alone, so that a sink that remembers knows its rows again after a crash.
      context_.emit_from_chunk(
          kOut, make_rows(rows, {times.finish(), topics.finish(), values.finish()}), i);
    }
    return Outcome::done();
  }

 private:
  static bool parse(std::string_view text, double& number) {
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stopped == end && std::isfinite(number);
  }

  const Options options_;
  Context& context_;
};

// 4. The library's name is its file's name.
PENSTOCK_PLUGIN("example_transform", transform<Numbers>())
