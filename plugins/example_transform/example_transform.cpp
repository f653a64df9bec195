// The tutorial's plugin: lets the messages of some topics through, and no others.
#include <penstock/plugin.hpp>

#include <string>

using namespace penstock;

class TopicFilter {
 public:
  // 1. What an operator can set, filled from the table in declare().
  struct Options {
    std::string prefix;
  };
  enum Metrics : uint32_t { kFiltered };

  static Declaration declare() {
    return {
        .name = "example_transform",
        .summary = "Passes on messages whose topic begins with a prefix.",
        .options = {option<&Options::prefix>(
            "prefix", {.help = "What a topic begins with.", .required = true})},
        .ports = {{"out", "The messages that match."}},
        .metrics = {{PENSTOCK_COUNTER, "example_filtered_total", "filtered",
                     "Messages that do not match."}},
    };
  }

  // 2. The columns it needs. It emits the same ones, so there is no output_schema.
  static Schema input_schema(const Options&) { return message_schema(); }

  TopicFilter(const Options& options, Context& context) : options_(options), context_(context) {}

  // 3. The work. One thread at a time is in an instance, so it needs no locks.
  Outcome process(const Batch& batch) {
    for (size_t i = 0; i < batch.chunks(); ++i) {
      TextBuilder topics, payloads;
      FixedBuilder<int64_t> times;
      const ArrowArray& chunk = batch.chunk(i);
      const TextColumn topic(*chunk.children[batch.column("topic")]);
      const TextColumn payload(*chunk.children[batch.column("payload")]);
      const FixedColumn<int64_t> received(*chunk.children[batch.column("received")]);
      for (int64_t row = 0; row < chunk.length; ++row) {
        if (!topic[row].starts_with(options_.prefix)) continue;
        topics.push(topic[row]);
        payloads.push(payload[row]);
        times.push(received[row]);
      }
      const auto rows = static_cast<int64_t>(topics.rows());
      context_.add(kFiltered, static_cast<double>(chunk.length - rows));
      // Of this chunk alone, so that a sink that remembers knows its rows again after a crash.
      context_.emit_from_chunk(
          0, make_rows(rows, {topics.finish(), payloads.finish(), times.finish()}), i);
    }
    return Outcome::done();
  }

 private:
  const Options options_;
  Context& context_;
};

// 4. The library's name is its file's name.
PENSTOCK_PLUGIN("example_transform", transform<TopicFilter>())
