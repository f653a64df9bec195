#include "pipeline/pipeline.hpp"

#include <chrono>
#include "catch.hpp"

#include "flow/source_node.hpp"
#include "pipeline/progress.hpp"
#include "running_pipeline.hpp"

using namespace penstock;
using engine::Accounting;
using engine::get;
using engine::kBlockRows;
using engine::Node;
using engine::Pipeline;
using engine::SourceNode;
using engine::why_not;
using namespace std::chrono_literals;
using test_nodes::chain;
using test_nodes::counting;
using test_nodes::Run;
using test_nodes::stored_each;
using test_nodes::world;

TEST_CASE("every message arrives once") {
  Run run(chain(5000) + "parallelism = 4\n");
  run.to_the_end();
  CHECK(stored_each(5000, 1));
  const Accounting points = run.pipeline->accounting();
  CHECK(points.received == 5000);
  CHECK(points.stored == 5000);
  CHECK(points.in_flight == 0);
  CHECK(points.balanced);
  CHECK(becomes([] { return test_nodes::Counting::last_acknowledged == 5000; }));
}

TEST_CASE("fan-out sends the same rows to each, fan-in joins them") {
  Run run(counting(3000) + R"([nodes.a]
plugin = "passing"
inputs = ["in"]
[nodes.b]
plugin = "passing"
inputs = ["in"]
[nodes.out]
plugin = "storing"
inputs = ["a", "b", "b.copy"]
)");
  run.to_the_end();
  CHECK(stored_each(3000, 3));
  // A point that several branches read is several; all that came out of them is stored.
  const Accounting points = run.pipeline->accounting();
  CHECK(points.received == 9000);
  CHECK(points.stored == 9000);
  CHECK(points.balanced);
}

namespace {

// A sink that sees whether rows come in the order of their numbers.
struct Watching {
  struct Options {};
  static Declaration declare() {
    return {.name = "watching", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
  }
  Watching(const Options&, Context&) { next = 0, in_order = true; }
  Outcome process(const Batch& batch) {
    const TextColumn payload(*batch.chunk(0).children[1]);
    for (int64_t i = 0; i < batch.rows(); ++i) {
      if (payload[i] != std::to_string(next++)) in_order = false;
    }
    return {};
  }
  static inline int64_t next = 0;
  static inline bool in_order = true;
};

// Lets every second batch overtake the one before it.
struct Overtaken : test_nodes::Passing {
  using Passing::Passing;
  Outcome process(const Batch& batch) {
    static std::atomic<int> batches = 0;
    const int number = batches++;
    if (number % 2 == 0) becomes([&] { return batches > number + 1; }, 1s);
    context.forward(0, batch);
    return {};
  }
};
struct OvertakenOnLanes : Overtaken {
  using Overtaken::Overtaken;
  static Declaration declare() {
    Declaration declaration = Overtaken::declare();
    declaration.blocking = true;
    return declaration;
  }
};

template <class Middle>
void run_watched(const std::string& options) {
  auto types = test_nodes::types();
  types["watching"] = sink<Watching>();
  types["passing"] = transform<Middle>();
  Run run(chain(20'000, options, "\"middle\"", "passing", "watching"), types);
  run.to_the_end();
  CHECK(Watching::next == 20'000);
}

}  // namespace

TEST_CASE("one instance keeps the order of rows") {
  run_watched<test_nodes::Passing>("");
  CHECK(Watching::in_order);
}

TEST_CASE("an ordered node with several instances keeps the order of rows") {
  run_watched<Overtaken>("parallelism = 2\nordered = true");
  CHECK(Watching::in_order);
}

TEST_CASE("an ordered node on lanes keeps the order of rows") {
  run_watched<OvertakenOnLanes>("parallelism = 3\nordered = true");
  CHECK(Watching::in_order);
}

TEST_CASE("a rejected row leaves with its reason, and its message is done only then") {
  Run run(chain(100, "reject = \"42\"", "\"middle.rejected\""));
  run.to_the_end();
  CHECK(world.reasons == std::map<std::string, std::string>{{"42", "not wanted"}});
  const Accounting points = run.pipeline->accounting();
  CHECK(points.filtered == 99);  // nothing reads the port that they leave by
  CHECK(points.rejected_kept == 1);
  CHECK(points.balanced);
}

TEST_CASE("bad parts of a row leave beside it, each counted and with its own text") {
  Run run(chain(100, "reject_part = \"42\"", "\"middle\", \"middle.rejected\""));
  run.to_the_end();
  CHECK(world.reasons == std::map<std::string, std::string>{{"the left part", "bad"},
                                                            {"the right part", "bad, too"}});
  CHECK(world.stored.size() == 100);
  const Accounting points = run.pipeline->accounting();
  CHECK(points.received == 102);
  CHECK(points.stored == 100);
  CHECK(points.rejected_kept == 2);
  CHECK(points.balanced);
}

TEST_CASE("of a row that is rejected whole no part leaves") {
  Run run(chain(100, "reject = \"42\"\nreject_part = \"42\"", "\"middle.rejected\""));
  run.to_the_end();
  CHECK(world.reasons == std::map<std::string, std::string>{{"42", "not wanted"}});
  CHECK(run.pipeline->accounting().rejected_kept == 1);
  CHECK(run.pipeline->accounting().balanced);
}

TEST_CASE("rejected rows that several read are counted for each") {
  Run run(chain(100, "reject = \"42\"", "\"middle.rejected\"") +
          "[nodes.also]\nplugin = \"storing\"\ninputs = [\"middle.rejected\"]\n");
  run.to_the_end();
  const Accounting points = run.pipeline->accounting();
  CHECK(points.rejected_kept == 2);
  CHECK(points.balanced);
}

TEST_CASE("rejected rows that nothing reads are counted as dropped") {
  Run run(chain(100, "reject = \"42\""));
  run.to_the_end();
  const Accounting points = run.pipeline->accounting();
  CHECK(points.stored == 100);  // this node passes on what it rejects
  CHECK(points.received == 101);
  CHECK(points.rejected_lost == 1);
  CHECK(points.balanced);
}

TEST_CASE("an exception in a transform rejects that batch and the process goes on") {
  Run run(chain(5000, "throw_at = \"42\"", "\"middle\", \"middle.rejected\""));
  run.to_the_end();
  CHECK(world.reasons.count("42") == 1);
  CHECK(world.reasons["42"] == "thrown at 42");
  CHECK(world.stored.size() + world.reasons.size() == 5000);
  CHECK(get(run.node("middle").counts().errors) == 1);
}

TEST_CASE("a sink that fails gets the batch again until it works") {
  Run run(counting(2000) +
          "[nodes.out]\nplugin = \"storing\"\ninputs = [\"in\"]\nparallelism = 2\n");
  world.failures = 3;
  run.to_the_end();
  CHECK(stored_each(2000, 1));
  CHECK(get(run.node("out").counts().retries) == 3);
  CHECK(run.node("out").health().health == PENSTOCK_HEALTHY);
}

namespace {

// Stores nothing of the first slice before it has stored another.
struct Hesitating {
  struct Options {};
  static Declaration declare() {
    return {.name = "hesitating", .summary = "test", .options = {}, .ports = {}, .metrics = {}};
  }
  Hesitating(const Options&, Context& c) : storing({}, c) {}
  Outcome process(const Batch& batch) {
    const bool is_first = batch.ranges()[0].first == 0;
    if (is_first && world.stored_count() == 0) return Outcome::retry_later("not before another");
    return storing.process(batch);
  }
  test_nodes::Storing storing;
};

}  // namespace

TEST_CASE("a batch that is to be tried later lets another go first, and each is stored once") {
  auto types = test_nodes::types();
  types.emplace("hesitating", sink<Hesitating>());
  Run run(counting(5000) + "[nodes.out]\nplugin = \"hesitating\"\ninputs = [\"in\"]\n", types);
  run.to_the_end();
  CHECK(stored_each(5000, 1));
  CHECK(get(run.node("out").counts().retries) >= 1);
  CHECK(get(run.node("out").counts().rows_in) == 5000);
}

TEST_CASE("a failing sink degrades health, and recovered it is healthy") {
  Run run(
      "[nodes.in]\nplugin = \"counting\"\ncount = 10\n"
      "[nodes.out]\nplugin = \"storing\"\ninputs = [\"in\"]\n");
  world.closed = true;
  run.pipeline->start();
  CHECK(becomes([&] { return run.node("out").health().health == PENSTOCK_DEGRADED; }));
  CHECK(run.node("out").health().detail == "closed");
  CHECK(world.stored_count() == 0);
  world.closed = false;
  CHECK(becomes([&] { return world.stored_count() == 10; }));
  run.stop();
  CHECK(run.node("out").health().health == PENSTOCK_HEALTHY);
}

TEST_CASE("lanes work at the same time, and no more of them than there are") {
  Run run(counting(50'000) +
          "[nodes.out]\nplugin = \"storing\"\ninputs = [\"in\"]\nparallelism = 4\n");
  world.hold_lanes = true;
  run.pipeline->start();
  CHECK(becomes([] { return world.lanes_inside == 4; }));
  world.hold_lanes = false;
  REQUIRE(becomes([&] { return run.pipeline->sources_finished(); }));
  run.stop();
  CHECK(world.most_lanes_inside == 4);
  CHECK(stored_each(50'000, 1));
}

TEST_CASE("the budget bounds what is in flight, and the intake what waits") {
  Run run(R"([service]
buffer_size = 2000
[nodes.in]
plugin = "counting"
endless = true
[nodes.in.buffer]
max_bytes = "1MiB"
[nodes.out]
plugin = "storing"
inputs = ["in"]
)");
  world.closed = true;
  run.pipeline->start();
  auto& source = dynamic_cast<SourceNode&>(*run.pipeline->nodes().front());
  // Full: the source cannot append any more although nobody told it to stop.
  CHECK(becomes([&] { return source.intake().held_bytes() > (900 << 10); }));
  // The pump may still nap when the source, which doesn't, has filled the intake.
  CHECK(becomes([&] { return run.pipeline->budget().used() >= 2000; }));
  CHECK(run.pipeline->budget().used() < 2000 + kBlockRows);
  CHECK(source.intake().held_bytes() <= (1 << 20));
  world.closed = false;
  run.stop();
  CHECK(world.stored_count() == source.intake().appended());
}

TEST_CASE("what a node holds is written at a stop") {
  Run run(chain(1234, "rows = 1000000", "\"middle\"", "holding"));
  run.to_the_end();
  CHECK(stored_each(1234, 1));
}

TEST_CASE("a merged batch keeps its parts and is done as a whole") {
  Run run(chain(10'000, "rows = 5000", "\"middle\"", "holding"));
  run.to_the_end();
  CHECK(stored_each(10'000, 1));
  for (size_t i = 0; i + 1 < world.batch_rows.size(); ++i) CHECK(world.batch_rows[i] >= 5000);
}

TEST_CASE("what waits for something that nobody does is named in the health of its node") {
  Run run(chain(10, "rows = 1000", "\"middle\"", "holding"));
  engine::Progress progress(*run.pipeline, 50ms);
  const auto says = [&](const char* words) {
    progress.look();
    return run.node("middle").health().detail.find(words) != std::string::npos;
  };
  run.pipeline->start();
  CHECK(becomes([&] { return says("it holds 10 rows and has no timer set to release them"); }));
  CHECK(run.node("middle").health().health == PENSTOCK_DEGRADED);
  CHECK(run.node("out").health().health == PENSTOCK_HEALTHY);
  run.stop();
  CHECK(becomes([&] {
    progress.look();
    return run.node("middle").health().health == PENSTOCK_HEALTHY;
  }));
}

TEST_CASE("a node that stands still is named while others move") {
  Run run(chain(10, "rows = 1000", "\"middle\"", "holding") +
          "[nodes.other]\nplugin = \"counting\"\nendless = true\n"
          "[nodes.flow]\nplugin = \"passing\"\ninputs = [\"other\"]\n"
          "[nodes.end]\nplugin = \"storing\"\ninputs = [\"flow\"]\n");
  engine::Progress progress(*run.pipeline, 50ms);
  run.pipeline->start();
  CHECK(becomes([&] {
    progress.look();
    return run.node("middle").health().health == PENSTOCK_DEGRADED;
  }));
  const size_t stored = world.stored_count();
  CHECK(becomes([&] { return world.stored_count() > stored; }));
  CHECK(run.node("flow").health().health == PENSTOCK_HEALTHY);
  run.stop();
}

namespace {

// Its timer's call takes as long as it is held.
struct Dozing {
  struct Options {};
  static Declaration declare() {
    return {
        .name = "dozing", .summary = "t", .options = {}, .ports = {{"out", "o"}}, .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  static Schema output_schema(const Options&, uint32_t, const Schema& input) { return input; }
  Dozing(const Options&, Context& c) : context(c) { context.call_in(1ms); }
  Outcome process(const Batch& batch) {
    context.forward(0, batch);
    return Outcome::done();
  }
  void on_timer() {
    inside = held.load();
    while (held) std::this_thread::yield();
    context.call_in(1ms);
  }
  Context& context;
  static inline std::atomic<bool> held = false, inside = false;
};

}  // namespace

namespace {

// Lets rows pass once it is told to.
struct Choosy {
  struct Options {};
  static Declaration declare() {
    return {
        .name = "choosy", .summary = "t", .options = {}, .ports = {{"out", "o"}}, .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  static Schema output_schema(const Options&, uint32_t, const Schema& input) { return input; }
  Choosy(const Options&, Context& c) : context(c) {}
  Outcome process(const Batch& batch) {
    if (pleased) {
      context.forward(0, batch);
      return Outcome::done();
    }
    for (size_t chunk = 0; chunk < batch.chunks(); ++chunk) {
      for (int64_t row = 0; row < batch.chunk(chunk).length; ++row) {
        context.reject_row(batch, chunk, row, "too plain: " + std::to_string(row));
      }
    }
    return Outcome::done();
  }
  Context& context;
  static inline std::atomic<bool> pleased = false;
};

}  // namespace

TEST_CASE("a node that rejects everything is named, until it lets something pass") {
  auto types = test_nodes::types();
  types.emplace("choosy", transform<Choosy>());
  Run run(
      "[nodes.in]\nplugin = \"counting\"\nendless = true\n"
      "[nodes.middle]\nplugin = \"choosy\"\ninputs = [\"in\"]\n"
      "[nodes.out]\nplugin = \"storing\"\ninputs = [\"middle\"]\n"
      "[nodes.letters]\nplugin = \"storing\"\ninputs = [\"middle.rejected\"]\n",
      types);
  engine::Progress progress(*run.pipeline, 10s, 50ms);
  Choosy::pleased = false;
  run.pipeline->start();
  CHECK(becomes([&] {
    progress.look();
    const auto health = run.node("middle").health();
    return health.health == PENSTOCK_DEGRADED && health.detail.starts_with("rejects everything, ");
  }));
  CHECK(run.node("letters").health().health == PENSTOCK_HEALTHY);
  CHECK(run.node("in").health().detail.empty());
  Choosy::pleased = true;
  CHECK(becomes([&] {
    progress.look();
    return run.node("middle").health().health == PENSTOCK_HEALTHY;
  }));
  run.stop();
}

namespace {

struct Silent {
  struct Options {};
  static Declaration declare() {
    return {.name = "silent", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
  }
  Silent(const Options&, Context&) {}
  void start() {}
  void stop() {}
};

}  // namespace

TEST_CASE("a source to which nothing comes has a note, which is no fault") {
  auto types = test_nodes::types();
  types.emplace("silent", source<Silent>());
  Run run(
      "[nodes.in]\nplugin = \"silent\"\n"
      "[nodes.out]\nplugin = \"storing\"\ninputs = [\"in\"]\n",
      types);
  engine::Progress progress(*run.pipeline, 10s, 50ms);
  run.pipeline->start();
  CHECK(becomes([&] {
    progress.look();
    return run.node("in").health().detail == "nothing has been received since the start";
  }));
  CHECK(run.node("in").health().health == PENSTOCK_HEALTHY);
  run.stop();
}

TEST_CASE("each kind of reason is told once, and not too many") {
  engine::Rejections rejections;
  CHECK(rejections.is_new_kind("there is no value"));
  CHECK_FALSE(rejections.is_new_kind("there is no value"));
  CHECK(rejections.is_new_kind("time: not like a time: yesterday"));
  CHECK_FALSE(rejections.is_new_kind("time: not like a time: tomorrow"));
  CHECK(rejections.is_new_kind("not JSON: a comma is missing (at byte 17)"));
  CHECK_FALSE(rejections.is_new_kind("not JSON: a comma is missing (at byte 9)"));
  CHECK(rejections.is_new_kind("not JSON: \"a\" is no value"));
  CHECK_FALSE(rejections.is_new_kind("not JSON: \"b\" is no value"));
  int told = 0;
  for (char c = '!'; c < '~'; ++c) told += rejections.is_new_kind(std::string(5, c)) ? 1 : 0;
  CHECK(told < 30);
}

TEST_CASE("a single row that was rejected long ago is no fault") {
  using namespace std::chrono_literals;
  engine::Rejections rejections;
  const engine::Rejections::Clock::time_point start{};
  rejections.is_new_kind("bad");
  CHECK(rejections.look(0, 1, start, 60s).empty());
  CHECK(rejections.look(0, 1, start + 300s, 60s).empty());
  CHECK_FALSE(rejections.look(0, 2, start + 301s, 60s).empty());
  CHECK_FALSE(rejections.look(0, 2, start + 400s, 60s).empty());
  CHECK(rejections.look(1, 3, start + 401s, 60s).empty());
  CHECK(rejections.look(1, 4, start + 402s, 60s).empty());
  CHECK_FALSE(rejections.look(1, 5, start + 500s, 60s).empty());
  CHECK(rejections.look(1, 5, start + 1200s, 60s).empty());  // whoever sent them is gone
}

TEST_CASE("a call that a look happens to find is no standstill, one that all find is") {
  auto types = test_nodes::types();
  types.emplace("dozing", transform<Dozing>());
  Run run(chain(10, "", "\"middle\"", "dozing"), types);
  engine::Progress progress(*run.pipeline);
  run.pipeline->start();
  CHECK(becomes([&] { return world.stored_count() == 10 && run.pipeline->undone() == 0; }));
  progress.check();
  // Longer than a call that the machine has put aside.
  for (const auto end = std::chrono::steady_clock::now() + 100ms;
       std::chrono::steady_clock::now() < end;) {
    progress.look();
    std::this_thread::yield();
  }
  Dozing::held = true;
  CHECK(becomes([] { return Dozing::inside.load(); }));
  CHECK(progress.check());
  progress.look();
  CHECK(!progress.check());
  Dozing::held = false;
  run.stop();
}

namespace {

// Lets nothing pass until a timer's call of Dozing's kind goes on.
struct AfterTimer : Dozing {
  AfterTimer(const Options& o, Context& c) : Dozing(o, c) { context.cancel_call(); }
  Outcome process(const Batch& batch) {
    while (!inside) std::this_thread::yield();
    return Dozing::process(batch);
  }
};

}  // namespace

TEST_CASE("a sink whose timer waits for the outside is no standstill of the engine") {
  struct Waiting : test_nodes::Storing {
    Waiting(const Options& o, Context& c) : Storing(o, c) { context.call_in(1ms); }
    void on_timer() {
      inside = held.load();
      while (held) std::this_thread::yield();
    }
    std::atomic<bool>& held = Dozing::held;
    std::atomic<bool>& inside = Dozing::inside;
  };
  auto types = test_nodes::types();
  types["storing"] = sink<Waiting>();
  types["passing"] = transform<AfterTimer>();
  Dozing::held = true;
  Dozing::inside = false;
  Run run(chain(10), types);
  engine::Progress progress(*run.pipeline);
  run.pipeline->start();
  const auto& queued = run.pipeline->nodes().back()->counts().queued_batches;
  CHECK(becomes([&] { return Dozing::inside && queued > 0; }));
  progress.check();
  progress.look();
  CHECK(progress.check());
  Dozing::held = false;
  CHECK(becomes([&] { return world.stored_count() == 10; }));
  run.stop();
}

namespace {

struct Early : Dozing {
  Early(const Options& o, Context& c) : Dozing(o, c) {
    started = false;
    fired_early = false;
    // Long enough for a timer that does not wait for the start.
    for (const auto end = std::chrono::steady_clock::now() + 20ms;
         std::chrono::steady_clock::now() < end && !fired_early;) {
      std::this_thread::yield();
    }
  }
  Outcome start() {
    started = true;
    return Outcome::done();
  }
  void on_timer() {
    if (!started) fired_early = true;
    fired = true;
  }
  static inline std::atomic<bool> started = false, fired_early = false, fired = false;
};

}  // namespace

TEST_CASE("a timer that a constructor sets fires after the start") {
  for (const bool on_lanes : {false, true}) {
    auto types = test_nodes::types();
    types["passing"] = transform<Early>();
    if (on_lanes) types["passing"].flags |= PENSTOCK_NODE_BLOCKING;
    Early::fired = false;
    Run run(chain(10), types);
    run.pipeline->start();
    CHECK(becomes([&] { return Early::fired.load(); }));
    CHECK(!Early::fired_early);
    run.stop();
  }
}

TEST_CASE("a node whose constructor throws is named with the reason") {
  struct Throwing {
    struct Options {};
    static Declaration declare() {
      return {.name = "throwing", .summary = "t", .options = {}, .ports = {}, .metrics = {}};
    }
    Throwing(const Options&, Context&) { throw std::runtime_error("no such device"); }
    Outcome process(const Batch&) { return {}; }
  };
  auto types = test_nodes::types();
  types["throwing"] = sink<Throwing>();
  PipelineText text(counting(1) + "[nodes.bad]\nplugin=\"throwing\"\ninputs=[\"in\"]\n", types);
  REQUIRE(text.pipeline);
  Pipeline pipeline(std::move(*text.pipeline));
  CHECK(why_not(pipeline.prepare()) == "nodes.bad (throwing): no such device");
}

TEST_CASE("a transform that may block runs on lanes, and its rows go on") {
  struct Blocking : test_nodes::Passing {
    using Passing::Passing;
    static Declaration declare() {
      Declaration declaration = Passing::declare();
      declaration.blocking = true;
      return declaration;
    }
  };
  auto types = test_nodes::types();
  types["passing"] = transform<Blocking>();
  Run run(chain(3000, "parallelism = 3"), types);
  run.to_the_end();
  CHECK(stored_each(3000, 1));
}

namespace {

// Keeps what comes until `rows` are there, then gives out one row for all of them.
struct Summing {
  struct Options {
    int64_t rows = 0;
  };
  static Declaration declare() {
    return {.name = "summing",
            .summary = "test",
            .options = {option<&Options::rows>("rows", {.help = "n", .default_value = "2500"})},
            .ports = {{"out", "o"}},
            .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  Summing(const Options& o, Context& c) : options(o), context(c) {}
  Outcome process(const Batch& batch) {
    held.emplace_back(batch);
    rows += batch.rows();
    if (rows >= options.rows) flush();
    return {};
  }
  void flush() {
    if (held.empty()) return;
    TextBuilder topics, payloads;
    FixedBuilder<int64_t> times;
    topics.push("sum");
    payloads.push(std::to_string(rows));
    times.push(0);
    context.emit(0, make_rows(1, {topics.finish(), payloads.finish(), times.finish()}), held);
    held.clear();
    rows = 0;
  }
  Options options;
  Context& context;
  std::vector<HeldBatch> held;
  int64_t rows = 0;
};

}  // namespace

TEST_CASE(
    "rows that a node keeps are on their way, and those that it gives out no more are filtered") {
  auto types = test_nodes::types();
  types["summing"] = transform<Summing>();
  Run run(chain(6000, "", "\"middle\"", "summing"), types);
  run.pipeline->start();
  REQUIRE(becomes([&] { return run.pipeline->accounting().stored >= 2; }));
  Accounting points = run.pipeline->accounting();
  CHECK(points.in_flight >= 0);
  CHECK(points.balanced);
  run.stop();
  points = run.pipeline->accounting();
  CHECK(points.received == 6000);
  CHECK(points.stored == world.stored.size());
  CHECK(points.stored >= 2);
  CHECK(points.filtered == 6000 - points.stored);
  CHECK(points.balanced);
}

TEST_CASE("an unread rejected port, a throwing batch and a fan-out still add up") {
  Run run(counting(5000) + R"([nodes.a]
plugin = "passing"
throw_at = "42"
inputs = ["in"]
[nodes.b]
plugin = "passing"
reject = "43"
inputs = ["in"]
[nodes.out]
plugin = "storing"
inputs = ["a", "b"]
)");
  run.to_the_end();
  const Accounting points = run.pipeline->accounting();
  CHECK(points.in_flight == 0);
  CHECK(points.balanced);
  CHECK(points.received == points.ended());
  CHECK(points.rejected_lost > 0);
}

namespace {

// Makes twenty rows of each.
struct Growing {
  struct Options {};
  static Declaration declare() {
    return {
        .name = "growing", .summary = "t", .options = {}, .ports = {{"out", "o"}}, .metrics = {}};
  }
  static Schema output_schema(const Options&, uint32_t, const Schema&) { return message_schema(); }
  Growing(const Options&, Context& c) : context(c) {}
  Outcome process(const Batch& batch) {
    TextBuilder topic, payload;
    FixedBuilder<int64_t> received;
    for (int64_t i = 0; i < batch.rows() * 20; ++i) {
      topic.push("t");
      payload.push("x");
      received.push(i);
    }
    std::vector<ArrowArray> columns{topic.finish(), payload.finish(), received.finish()};
    context.emit(0, make_rows(batch.rows() * 20, std::move(columns)));
    return {};
  }
  Context& context;
};

}  // namespace

TEST_CASE("messages that grow to many rows count as many, so that memory stays bounded") {
  auto types = test_nodes::types();
  types["growing"] = transform<Growing>();
  Run run("[service]\nbuffer_size = 5000\n" + counting(10'000) + R"([nodes.grow]
plugin = "growing"
inputs = ["in"]
[nodes.out]
plugin = "storing"
inputs = ["grow"]
)",
          types);
  world.closed = true;
  run.pipeline->start();
  // More than the messages alone: 5000, and less than a slice beyond.
  CHECK(becomes([&] { return run.pipeline->budget().used() > 15'000; }));
  const auto& source = static_cast<const SourceNode&>(*run.pipeline->nodes()[0]);
  CHECK_FALSE(source.has_room());
  world.closed = false;
  REQUIRE(becomes([&] { return run.pipeline->sources_finished(); }));
  run.stop();
  CHECK(run.pipeline->budget().used() == 0);
  CHECK(world.stored_count() == 200'000);
}

TEST_CASE("a source whose rows are stuck leaves another its share") {
  Run run("[service]\nbuffer_size = 4000\n" + counting(20'000) + R"([nodes.stuck]
plugin = "storing"
inputs = ["in"]
[nodes.other]
plugin = "counting"
count = 20000
[nodes.pass]
plugin = "passing"
inputs = ["other"]
[nodes.end]
plugin = "passing"
inputs = ["pass.rejected"]
)");
  world.closed = true;
  run.pipeline->start();
  const auto node = [&](const std::string& name) -> const Node& {
    const auto& nodes = run.pipeline->nodes();
    return **std::find_if(nodes.begin(), nodes.end(),
                          [&](const Node* each) { return each->name() == name; });
  };
  // Nothing reads what "pass" gives out, so all of it is done.
  CHECK(becomes([&] { return get(node("pass").counts().rows_in) == 20'000; }));
  CHECK(get(node("stuck").counts().rows_in) < 20'000);
  world.closed = false;
  REQUIRE(becomes([&] { return run.pipeline->sources_finished(); }));
  run.stop();
  CHECK(world.stored_count() == 20'000);
}
