// By which numbers a ledger knows rows again: `part` and ranges of what comes to a sink.
#include <set>

#include "running_pipeline.hpp"

namespace {

using namespace penstock;
using namespace test_nodes;

struct Recording {
  struct Options {};
  static Declaration declare() {
    return {.name = "recording", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
  }
  Recording(const Options&, Context&) {}
  Outcome process(const Batch& batch) {
    for (size_t chunk = 0; chunk < batch.chunks(); ++chunk) {
      size_t ranges = 0;
      for (const penstock_range& range : batch.ranges()) {
        if (range.chunk != chunk) continue;
        ++ranges;
        parts.insert(range.part);
      }
      most_ranges = std::max(most_ranges, ranges);
    }
    return Outcome::done();
  }
  static inline std::set<uint64_t> parts;
  static inline size_t most_ranges = 0;
};

// Of each chunk its topics, twice.
struct Doubling : Recording {
  static Declaration declare() {
    return {
        .name = "doubling", .summary = "t", .options = {}, .ports = {{"out", "o"}}, .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  static Schema output_schema(const Options&, uint32_t, const Schema&) {
    return {{"topic", format::kUtf8}};
  }
  Doubling(const Options& options, Context& c) : Recording(options, c), context(c) {}
  Outcome process(const Batch& batch) {
    for (int time = 0; time < 2; ++time) {
      for (size_t i = 0; i < batch.chunks(); ++i) {
        const TextColumn topics(*batch.chunk(i).children[0]);
        TextBuilder copies;
        for (int64_t row = 0; row < batch.chunk(i).length; ++row) copies.push(topics[row]);
        context.emit_from_chunk(0, make_rows(batch.chunk(i).length, {copies.finish()}), i);
      }
    }
    return Outcome::done();
  }
  Context& context;
};

struct Parts {
  std::set<uint64_t> parts;
  size_t most_ranges = 0;
};

std::string node(const std::string& name, const std::string& plugin, const std::string& inputs,
                 const std::string& options = "") {
  return "[nodes." + name + "]\nplugin = \"" + plugin + "\"\ninputs = [" + inputs + "]\n" +
         options + "\n";
}

// What comes to `out`, which reads `inputs`.
Parts parts_of(const std::string& nodes, const std::string& inputs) {
  auto all = types();
  all["recording"] = sink<Recording>();
  all["doubling"] = transform<Doubling>();
  Recording::parts.clear();
  Recording::most_ranges = 0;
  Run run(counting(10'000) + nodes + node("out", "recording", inputs), all);
  run.to_the_end();
  return {Recording::parts, Recording::most_ranges};
}

const std::string kHeld = "rows = 5000";

}  // namespace

TEST_CASE("nodes that only pass batches on may come and go") {
  const Parts direct = parts_of("", "\"in\"");
  CHECK(direct.parts.size() == 1);
  CHECK(parts_of(node("a", "passing", "\"in\""), "\"a\"").parts == direct.parts);
  CHECK(parts_of(node("a", "holding", "\"in\"", kHeld), "\"a\"").parts == direct.parts);
}

TEST_CASE("rows that come by several ways are told apart") {
  const std::string a = node("a", "passing", "\"in\"");
  CHECK(parts_of(a, "\"a\", \"in\"").parts.size() == 2);
  CHECK(parts_of(a, "\"a\", \"a.copy\"").parts.size() == 2);
  CHECK(parts_of(a + node("join", "passing", "\"a\", \"in\""), "\"join\"").parts.size() == 2);
  CHECK(
      parts_of(a + node("join", "holding", "\"in\", \"a\", \"a.copy\""), "\"join\"").parts.size() ==
      3);
  const std::string both = node("join", "passing", "\"a\", \"in\"") +
                           node("last", "holding", "\"join\", \"in\", \"a\"", kHeld);
  CHECK(parts_of(a + both, "\"last\", \"join\", \"a\", \"in\"").parts.size() == 4 + 2 + 1 + 1);
}

TEST_CASE("the order of inputs that share no source may change, and nodes be put between") {
  const std::string other = "[nodes.other]\nplugin = \"counting\"\ncount = 10000\n";
  const Parts direct = parts_of(other, "\"in\", \"other\"");
  CHECK(direct.parts.size() == 1);
  CHECK(parts_of(other, "\"other\", \"in\"").parts == direct.parts);
  CHECK(parts_of(other + node("a", "holding", "\"other\"", kHeld), "\"in\", \"a\"").parts ==
        direct.parts);
  CHECK(parts_of(other + node("a", "holding", "\"other\", \"in\"", kHeld), "\"a\"").parts ==
        direct.parts);
}

TEST_CASE("rows made of one chunk are known again however batches were put together") {
  const Parts direct = parts_of(node("twice", "doubling", "\"in\""), "\"twice\"");
  CHECK(direct.parts.size() == 2);
  CHECK(direct.most_ranges == 1);
  const Parts merged = parts_of(
      node("a", "holding", "\"in\"", kHeld) + node("twice", "doubling", "\"a\""), "\"twice\"");
  CHECK(merged.parts == direct.parts);
  CHECK(merged.most_ranges == 1);
}

TEST_CASE("a rejected row of a merged batch comes of its own chunk alone") {
  const Parts letters = parts_of(
      node("a", "holding", "\"in\"", kHeld) + node("middle", "passing", "\"a\"", "reject = \"42\""),
      "\"middle.rejected\"");
  CHECK(letters.parts.size() == 1);
  CHECK(letters.most_ranges == 1);
}

// A ledger outlives a version of Penstock: other numbers would store again what is stored.
TEST_CASE("the numbers by which a ledger knows rows stay the same in all versions") {
  const uint64_t decoded = engine::part_after(0, {engine::node_number("decoder"), 0, 0, 0});
  CHECK(decoded == 0xA4EAB093FAF09EEA);
  CHECK(engine::part_after(decoded, {engine::node_number("scale"), 2, 1, 7}) == 0x25AC2D69879484D3);
}
