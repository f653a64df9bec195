// Pipelines that change while they run.
#include "catch.hpp"

#include "running_pipeline.hpp"

using namespace penstock;
using engine::get;
using engine::Pipeline;
using engine::SourceNode;
using engine::why_not;
using test_nodes::chain;
using test_nodes::counting;
using test_nodes::Run;
using test_nodes::stored_each;
using test_nodes::world;

namespace {

engine::PipelineDescription described(const Run& run, const std::string& toml) {
  PipelineText text(toml, run.types);
  INFO(text.problems);
  REQUIRE(text.pipeline);
  return std::move(*text.pipeline);
}

// As `penstock run` does it; `in_vain`: what is in flight does not end.
Pipeline::Changed change(Run& run, const std::string& toml, bool in_vain = false) {
  const auto prepared = run.pipeline->prepare_change(described(run, toml));
  INFO(why_not(prepared));
  REQUIRE(prepared);
  run.pipeline->hold();
  REQUIRE((in_vain || becomes([&] { return run.pipeline->drain(); })));
  run.pipeline->end_leaving();
  if (in_vain) {
    run.pipeline->stop_lanes_early();
    REQUIRE(becomes([&] { return run.pipeline->lanes_stopped(); }));
  } else {
    REQUIRE(becomes([&] { return run.pipeline->drain(); }));
  }
  const auto changed = run.pipeline->change(!in_vain);
  REQUIRE(changed);
  return *changed;
}

void check_balanced(const Run& run, uint64_t stored) {
  const engine::Accounting points = run.pipeline->accounting();
  CHECK(points.stored == stored);
  CHECK(points.received == stored);
  CHECK(points.in_flight == 0);
  CHECK(points.balanced);
}

void to_the_end(Run& run) {
  REQUIRE(becomes([&] { return run.pipeline->sources_finished(); }));
  run.stop();
}

}  // namespace

TEST_CASE("a source that a change leaves as it is goes on, and all arrives once") {
  Run run(chain(200'000));
  run.pipeline->start();
  const void* source = run.pipeline->nodes().front();
  for (const char* options : {"parallelism = 2", "reject = \"none\"", ""}) {
    const size_t before = world.stored_count();
    const auto changed = change(run, chain(200'000, options));
    CHECK(changed.sources_kept == 1);
    CHECK(changed.dispatched_again == 0);
    CHECK(run.pipeline->nodes().front() == source);
    CHECK(
        becomes([&] { return world.stored_count() > before || run.pipeline->sources_finished(); }));
  }
  to_the_end(run);
  CHECK(stored_each(200'000, 1));
  check_balanced(run, 200'000);
  CHECK(get(run.node("out").counts().rows_in) == 200'000);
}

TEST_CASE("what a node holds is written before it is replaced") {
  Run run(chain(1500, "rows = 1000000", "\"middle\"", "holding"));
  run.pipeline->start();
  REQUIRE(becomes([&] { return get(run.node("middle").counts().rows_in) == 1500; }));
  CHECK(change(run, chain(1500)).dispatched_again == 0);
  CHECK(stored_each(1500, 1));
  to_the_end(run);
  check_balanced(run, 1500);
}

TEST_CASE("what a sink could not store begins again in the changed graph, each once") {
  Run run(chain(30'000, "rows = 2500", "\"middle\"", "holding"));
  world.closed = true;
  run.pipeline->start();
  REQUIRE(becomes([&] { return get(run.node("out").counts().retries) > 0; }));
  const auto changed = change(run, chain(30'000), true);
  CHECK(changed.sources_kept == 1);
  CHECK(changed.dispatched_again > 0);
  CHECK(world.stored_count() == 0);
  world.closed = false;
  to_the_end(run);
  CHECK(stored_each(30'000, 1));
  check_balanced(run, 30'000);
  CHECK(becomes([] { return test_nodes::Counting::last_acknowledged == 30'000; }));
}

TEST_CASE("a branch that is added and taken away again has its points counted") {
  const std::string branch = "[nodes.more]\nplugin = \"storing\"\ninputs = [\"middle\"]\n";
  std::string endless = chain(1);
  endless.replace(endless.find("count = 1"), 9, "endless = true");
  Run run(endless);
  run.pipeline->start();
  change(run, endless + branch);
  CHECK(becomes([&] { return get(run.node("more").counts().rows_in) > 0; }));
  change(run, endless);
  run.stop();
  const uint64_t stored = world.stored_count();
  check_balanced(run, stored);
}

TEST_CASE("a source that changes is ended, and what it had appended is stored") {
  Run run(chain(50'000));
  run.pipeline->start();
  CHECK(becomes([] { return world.stored_count() > 0; }));
  const auto changed = change(run, chain(100));
  CHECK(changed.sources_kept == 0);
  const size_t of_the_first = world.stored_count();
  to_the_end(run);
  CHECK(world.stored_count() == of_the_first + 100);
  check_balanced(run, of_the_first + 100);
}

TEST_CASE("a change that cannot be made leaves everything as it was") {
  Run run(chain(20'000));
  run.pipeline->start();
  const auto prepared =
      run.pipeline->prepare_change(described(run, "[service]\nname = \"other\"\n" + chain(20'000)));
  CHECK(why_not(prepared).find("restart instead") != std::string::npos);
  to_the_end(run);
  CHECK(stored_each(20'000, 1));
  check_balanced(run, 20'000);
}

TEST_CASE("a pipeline that ends with work undone ends") {
  Run run(chain(10'000, "rows = 2500", "\"middle\"", "holding"));
  world.closed = true;
  run.pipeline->start();
  REQUIRE(becomes([&] { return get(run.node("out").counts().retries) > 0; }));
  run.pipeline.reset();
  CHECK(world.stored_count() == 0);
}
