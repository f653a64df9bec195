// The table at penstock_status in plugin.h, cell by cell.
#include <penstock/plugin.hpp>

#include <array>
#include <atomic>
#include <sstream>
#include <string>
#include <vector>

#include "running_pipeline.hpp"

using namespace penstock;
using engine::get;
using engine::why_not;
using test_nodes::Run;
using test_nodes::world;
using namespace std::chrono_literals;

namespace {

constexpr int kMessages = 10;

// What one node of a test is to answer, and how often it was asked.
struct Calls {
  std::atomic<int> start = 0, process = 0, flush = 0, on_timer = 0;
};
std::array<Calls, 1> asked;

// Answers with the words of its options, one after the other, then with ok. What it gives out, it
// gives out before it answers, whatever it answers.
struct Scripted {
  struct Options {
    std::vector<std::string> start, process, flush, on_timer;
    bool timer = false;
  };

  template <bool Blocking>
  static Declaration declare_as() {
    return {.name = "scripted",
            .summary = "t",
            .options = {option<&Options::start>("start", {.help = "words"}),
                        option<&Options::process>("process", {.help = "words"}),
                        option<&Options::flush>("flush", {.help = "words"}),
                        option<&Options::on_timer>("on_timer", {.help = "words"}),
                        option<&Options::timer>("timer", {.help = "t", .default_value = "false"})},
            .ports = {{"out", "o"}},
            .metrics = {},
            .blocking = Blocking};
  }

  Scripted(const Options& o, Context& c) : options(o), context(c) {}

  static Outcome say(const std::vector<std::string>& words, std::atomic<int>& times) {
    const auto i = static_cast<size_t>(times++);
    const std::string word = i < words.size() ? words[i] : "ok";
    const std::string why = "answered " + word;
    if (word == "reject") return Outcome::reject(why);
    if (word == "retry") return Outcome::retry(why);
    if (word == "retry_later") return Outcome::retry_later(why);
    if (word == "failed") return {PENSTOCK_FAILED, why};
    if (word == "silent") return {PENSTOCK_FAILED, ""};
    if (word == "unknown") return {static_cast<penstock_status>(7), ""};
    return Outcome::done();
  }

  Outcome start() {
    if (options.timer) context.call_in(1ms);
    return say(options.start, asked[0].start);
  }
  Outcome process(const Batch& batch) {
    if (!options.flush.empty()) {
      held.emplace_back(batch);
      return Outcome::done();
    }
    give(batch);
    return say(options.process, asked[0].process);
  }
  Outcome flush() {
    Outcome outcome = say(options.flush, asked[0].flush);
    if (outcome.status != PENSTOCK_OK) return outcome;
    for (const HeldBatch& batch : held) give(batch.view());
    held.clear();
    return outcome;
  }
  Outcome on_timer() { return say(options.on_timer, asked[0].on_timer); }

  virtual void give(const Batch& batch) { context.forward(0, batch); }
  virtual ~Scripted() = default;

  const Options options;
  Context& context;
  std::vector<HeldBatch> held;
};

struct ScriptedTransform : Scripted {
  using Scripted::Scripted;
  static Declaration declare() { return declare_as<false>(); }
};
struct ScriptedBlocking : Scripted {
  using Scripted::Scripted;
  static Declaration declare() { return declare_as<true>(); }
};
// What it gives is nothing that goes on; what it has stored is what it answered ok to.
struct ScriptedSink : Scripted {
  using Scripted::Scripted;
  static Declaration declare() {
    Declaration declaration = declare_as<false>();
    declaration.ports.clear();
    return declaration;
  }
  Outcome process(const Batch& batch) {
    Outcome outcome = Scripted::process(batch);
    if (outcome.status == PENSTOCK_OK) storing.process(batch);
    return outcome;
  }
  void give(const Batch&) override {}
  test_nodes::Storing storing{{}, context};
};
struct ScriptedSource : Scripted {
  using Scripted::Scripted;
  static Declaration declare() {
    Declaration declaration = declare_as<false>();
    declaration.ports.clear();
    return declaration;
  }
  Outcome start() {
    Outcome outcome = Scripted::start();
    if (outcome.status != PENSTOCK_OK) return outcome;
    for (int i = 0; i < kMessages; ++i) {
      const std::string payload = std::to_string(i);
      const penstock_source_message message = source_message("t", payload, i);
      context.append({&message, 1});
    }
    if (!options.timer) context.finished();
    return outcome;
  }
  void stop() {}
  Outcome process(const Batch&) = delete;
  Outcome flush() = delete;
  Outcome on_timer() {
    Outcome outcome = Scripted::on_timer();
    context.finished();
    return outcome;
  }
};

std::map<std::string, penstock_node_type> types() {
  auto all = test_nodes::types();
  all["transform"] = transform<ScriptedTransform>();
  all["blocking"] = transform<ScriptedBlocking>();
  all["sink"] = sink<ScriptedSink>();
  all["source"] = source<ScriptedSource>();
  for (Calls& calls : asked) calls.start = calls.process = calls.flush = calls.on_timer = 0;
  return all;
}

// `in` → `node` → `out`, and what is rejected into letters; without `out` behind a sink, without
// `in` before a source.
std::string pipeline_of(const std::string& kind, const std::string& options) {
  const bool is_source = kind == "source";
  return (is_source ? "" : test_nodes::counting(kMessages)) + "[nodes.node]\nplugin = \"" + kind +
         "\"\n" + options + (is_source ? "\n" : "\ninputs = [\"in\"]\n") +
         (kind == "sink" ? "" : "[nodes.out]\nplugin = \"storing\"\ninputs = [\"node\"]\n") +
         (is_source ? "" : "[nodes.letters]\nplugin = \"storing\"\ninputs = [\"node.rejected\"]\n");
}

struct Came {
  size_t stored, rejected;
  uint64_t errors, retries;

  bool operator==(const Came&) const = default;
};

Came came_of(Run& run) {
  const auto& counts = run.node("node").counts();
  return {world.stored.size(), world.reasons.size(), get(counts.errors), get(counts.retries)};
}

// What comes of a node that answers one call so.
Came run_with(const std::string& kind, const std::string& call, const std::string& word) {
  INFO(kind << ' ' << call << ' ' << word);
  const bool timer = call == "on_timer";
  Run run(pipeline_of(kind, call + " = [\"" + word + "\"]" + (timer ? "\ntimer = true" : "")),
          types());
  run.pipeline->start();
  if (timer) {
    CHECK(becomes([&] { return asked[0].on_timer > 0; }));
    const bool again = word.starts_with("retry") && (kind == "blocking" || kind == "sink");
    if (again) CHECK(becomes([&] { return asked[0].on_timer == 2; }));
  }
  REQUIRE(becomes([&] { return run.pipeline->sources_finished(); }));
  run.stop();
  CHECK(run.pipeline->accounting().balanced);
  CHECK(run.node("node").health().health == PENSTOCK_HEALTHY);
  return came_of(run);
}

constexpr Came kAgain{kMessages, 0, 1, 1};
constexpr Came kRejects{0, kMessages, 0, 0};
constexpr Came kFails{0, kMessages, 1, 0};
constexpr Came kError{kMessages, 0, 1, 0};
const std::vector<std::string> kFailures{"reject", "retry", "retry_later", "failed"};

}  // namespace

TEST_CASE("start: sources, sinks and blocking transforms are started again, whatever they say") {
  for (const char* kind : {"source", "blocking", "sink"}) {
    for (const std::string& word : kFailures) {
      const Came came = run_with(kind, "start", word);
      CHECK(came.stored == kMessages);
      CHECK(came.errors == 1);
      CHECK(asked[0].start == 2);
    }
  }
}

TEST_CASE("start: a transform that does not wait ends the start, whatever it says") {
  for (const std::string& word : kFailures) {
    const auto all = types();
    PipelineText text(pipeline_of("transform", "start = [\"" + word + "\"]"), all);
    REQUIRE(text.pipeline);
    engine::Pipeline pipeline(std::move(*text.pipeline));
    CHECK(why_not(pipeline.prepare()) == "nodes.node (transform): answered " + word);
    CHECK(asked[0].start == 1);
  }
}

TEST_CASE("process: what a transform cannot use is rejected, and is an error but for REJECT") {
  CHECK(run_with("transform", "process", "reject") == kRejects);
  CHECK(run_with("transform", "process", "retry") == kFails);
  CHECK(run_with("transform", "process", "retry_later") == kFails);
  CHECK(run_with("transform", "process", "failed") == kFails);
}

TEST_CASE("process: a blocking transform gets a batch again that it could not use yet") {
  CHECK(run_with("blocking", "process", "reject") == kRejects);
  CHECK(run_with("blocking", "process", "retry") == kAgain);
  CHECK(run_with("blocking", "process", "retry_later") == kAgain);
  CHECK(run_with("blocking", "process", "failed") == kFails);
}

TEST_CASE("process: a sink gets a batch again until it has stored or rejected it") {
  CHECK(run_with("sink", "process", "reject") == kRejects);
  CHECK(run_with("sink", "process", "retry") == kAgain);
  CHECK(run_with("sink", "process", "retry_later") == kAgain);
  CHECK(run_with("sink", "process", "failed") == kAgain);
}

TEST_CASE("flush and on_timer: a failure of a transform is an error, and its rows are not lost") {
  for (const char* call : {"flush", "on_timer"}) {
    for (const std::string& word : kFailures) CHECK(run_with("transform", call, word) == kError);
  }
}

TEST_CASE("flush and on_timer: on lanes they are called again while they say so") {
  for (const char* kind : {"blocking", "sink"}) {
    for (const char* call : {"flush", "on_timer"}) {
      CHECK(run_with(kind, call, "retry") == Came{kAgain});
      CHECK(run_with(kind, call, "retry_later") == Came{kAgain});
      CHECK(run_with(kind, call, "reject") == kError);
      CHECK(run_with(kind, call, "failed") == kError);
    }
  }
}

TEST_CASE("on_timer: a failure of a source is an error") {
  for (const std::string& word : kFailures) CHECK(run_with("source", "on_timer", word) == kError);
}

TEST_CASE("a status that there is not, and a failure without a reason, are told in words") {
  for (const auto& [word, reason] : {std::pair{"unknown", "it returned the unknown status 7"},
                                     std::pair{"silent", "its plugin gave no reason"}}) {
    CHECK(run_with("transform", "process", word) == kFails);
    for (const auto& [payload, why] : world.reasons) CHECK(why == reason);
  }
}

TEST_CASE("what a failed call of process emitted of its batch is dropped") {
  // It forwards each batch before it answers, and the second answer lets it pass: once.
  Run run(pipeline_of("blocking", "process = [\"retry\"]"), types());
  run.to_the_end();
  CHECK(test_nodes::stored_each(kMessages, 1));
  CHECK(asked[0].process == 2);
}
