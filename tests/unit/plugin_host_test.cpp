// The host double of the SDK (penstock/testing/host.hpp): what a plugin's author sees of a node.
#include <penstock/plugin.hpp>
#include <penstock/testing/host.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "test_nodes.hpp"

using namespace penstock;
using penstock::testing::Host;
using penstock::testing::message_rows;
using namespace std::chrono_literals;

namespace {

// Does what its option says, for the tests of what the double finds.
struct Doing {
  struct Options {
    std::string does;
    std::chrono::nanoseconds after{};
    int64_t rows = 0;
  };
  static Declaration declare() {
    return {.name = "doing",
            .summary = "t",
            .options = {option<&Options::does>("does", {.help = "d", .required = true}),
                        option<&Options::after>("after", {.help = "a", .default_value = "100ms"}),
                        option<&Options::rows>("rows", {.help = "r", .min = 1, .max = 9})},
            .ports = {{"out", "o"}},
            .metrics = {{PENSTOCK_COUNTER, "calls_total", "calls", "Calls."},
                        {PENSTOCK_LABEL, nullptr, "words", "Words."}}};
  }
  Doing(const Options& o, Context& c) : options(o), context(c) {
    if (options.does == "refuses") throw std::runtime_error("no licence found");
    if (options.does == "emits early") context.emit(0, message_rows({{"t", "p"}}));
  }
  ~Doing() {
    if (options.does == "leaks") context.host()->retain(held.back().c());
  }
  Outcome process(const Batch& batch) {
    context.add(0, 1);
    context.label(1, "busy");
    context.warn("works");
    context.degraded("a little");
    if (options.does == "retries") {
      context.emit(0, message_rows({{"t", "p"}}));
      context.reject_row(batch, 0, 0, "why");
      return Outcome::retry("closed");
    }
    if (options.does == "fails silently") return {PENSTOCK_FAILED, ""};
    if (options.does == "wrong port") context.emit(7, message_rows({{"t", "p"}}));
    if (options.does == "wrong row") context.reject_row(batch, 0, 99, "why");
    if (options.does == "wrong metric") context.add(9, 1);
    if (options.does == "poses") context.finished();
    if (options.does == "thread") std::thread([&] { context.forward(0, batch); }).join();
    if (options.does == "holds" || options.does == "leaks") {
      held.emplace_back(batch);
      context.call_in(options.after);
    }
    if (options.does == "rejects") context.reject_row(batch, 0, 1, "why", "column b");
    if (options.does == "released") {
      const penstock_batch* gone = held.empty() ? batch.c() : held[0].c();
      held.clear();
      if (gone == batch.c()) held.emplace_back(batch);
      else context.reject_row(Batch(gone, batch.host()), 0, 0, "why");
    }
    if (options.does == "passes") context.forward(0, batch);
    return Outcome::done();
  }
  void on_timer() {
    context.forward(0, held);
    if (options.does == "holds") held.clear();
  }
  const Options options;
  Context& context;
  std::vector<HeldBatch> held;
};

const penstock_node_type kDoing = transform<Doing>();

// The faults of one that gets a batch of two messages, twice.
std::vector<std::string> faults_of(const std::string& does) {
  Host host(kDoing, {{"does", does}});
  for (int i = 0; i < 2; ++i) {
    host.process(host.give(message_rows({{"a", "1"}, {"b", "2"}})));
  }
  host.destroy();
  return host.faults();
}

std::string refusal_of(const penstock::testing::OptionTexts& options) {
  try {
    Host host(kDoing, options);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a host shows what a node says, counts, passes on and rejects") {
  Host host(kDoing, {{"does", "rejects"}, {"rows", "3"}});
  CHECK(host.start() == PENSTOCK_OK);
  const auto& batch = host.give(message_rows({{"a", "1"}, {"b", "2"}}));
  CHECK(host.process(batch) == PENSTOCK_OK);
  CHECK(host.number(0) == 1);
  CHECK(host.label(1) == "busy");
  CHECK(host.health().detail == "a little");
  REQUIRE(host.log().size() == 1);
  CHECK(host.log()[0].text == "works");
  REQUIRE(host.rejected().size() == 1);
  CHECK(host.rejected()[0].row == 1);
  CHECK(host.rejected()[0].reason == "why");
  CHECK(host.rejected()[0].detail == "column b");
  host.destroy();
  CHECK(host.faults().empty());
}

TEST_CASE("a host's time goes on when it is told to, and calls a timer that is due") {
  Host host(kDoing, {{"does", "holds"}, {"after", "2s"}});
  const auto& batch = host.give(message_rows({{"a", "1"}, {"b", "2"}}));
  CHECK(host.process(batch) == PENSTOCK_OK);
  CHECK(host.holders(batch) == 1);
  CHECK(host.timer() == 2s);
  host.pass(1999ms);
  CHECK(host.outputs().empty());
  host.pass(1ms);
  REQUIRE(host.outputs().size() == 1);
  CHECK(host.outputs()[0].rows() == 2);
  CHECK(host.outputs()[0].forwarded);
  CHECK(host.holders(batch) == 0);
  CHECK_FALSE(host.timer());
}

TEST_CASE("of a call that failed a host shows the reason and nothing that it gave out") {
  Host host(kDoing, {{"does", "retries"}});
  CHECK(host.process(host.give(message_rows({{"a", "1"}}))) == PENSTOCK_RETRY);
  CHECK(host.error() == "closed");
  CHECK(host.outputs().empty());
  CHECK(host.rejected().empty());
  CHECK(host.faults().empty());
}

TEST_CASE("a host reads options as a pipeline file has them, and refuses what the engine refuses") {
  CHECK(refusal_of({{"does", "x"}}) == "");
  CHECK(refusal_of({}) == "does is missing");
  CHECK(refusal_of({{"does", "x"}, {"dose", "y"}}) == "unknown option dose");
  CHECK(refusal_of({{"does", "x"}, {"after", "soon"}}) ==
        "after: \"soon\" is no value of its type");
  CHECK(refusal_of({{"does", "x"}, {"rows", "10"}}) == "rows: \"10\" is out of range");
  CHECK(refusal_of({{"does", "refuses"}}) == "no licence found");
}

TEST_CASE("a host finds what the contract forbids, and names the call") {
  using Faults = std::vector<std::string>;
  CHECK(faults_of("passes").empty());
  CHECK(faults_of("fails silently") == Faults{"process: it fails without calling set_error"});
  CHECK(faults_of("wrong port") ==
        Faults{"process: it calls emit with port 7, which it does not declare"});
  CHECK(faults_of("wrong row") ==
        Faults{"process: it calls reject_row_detail with row 99 of chunk 0, which is not there"});
  CHECK(faults_of("wrong metric") ==
        Faults{"process: it calls metric_add with metric 9, which it does not declare"});
  CHECK(faults_of("poses") == Faults{"process: it calls finished and is no source"});
  CHECK(faults_of("thread") == Faults{"it calls forward outside of a call"});
  CHECK(faults_of("released") ==
        Faults{"process: it calls reject_row_detail with a batch that it does not have"});
  CHECK(faults_of("emits early") == Faults{"create: it calls emit in create"});
  CHECK(faults_of("leaks") ==
        Faults{"1 of the batches that it retained are not released by destroy"});
}

TEST_CASE("what a source appends from its thread is seen, and room and stop are honoured") {
  const penstock_node_type counting = source<test_nodes::Counting>();
  Host host(counting, {{"count", "5"}});
  host.set_room(2);
  host.start();
  CHECK(host.wait([&] { return host.appended() == 2; }, 60s));
  host.set_room(std::nullopt);
  CHECK(host.wait([&] { return host.finished(); }, 60s));
  REQUIRE(host.messages().size() == 5);
  CHECK(host.messages()[4].payload == "4");
  host.acknowledge(5);
  CHECK(test_nodes::Counting::last_acknowledged == 5);
  host.stop();
  host.destroy();
  CHECK(host.faults().empty());
}
