// Rows that a node rejects of batches that it has held.
#include <penstock/plugin.hpp>

#include <optional>
#include <string>
#include <vector>

#include "running_pipeline.hpp"

using namespace penstock;
using engine::get;
using test_nodes::Run;
using test_nodes::world;
using namespace std::chrono_literals;

namespace {

enum class From { kProcess, kFlush, kTimer, kFailedProcess, kReleased, kWrongRow, kForwards };
From rejects_from;

// Holds the first batch, and rejects its first row from a later call; passes on all others.
struct Late {
  struct Options {};
  static Declaration declare() {
    return {.name = "late", .summary = "t", .options = {}, .ports = {{"out", "o"}}, .metrics = {}};
  }
  Late(const Options&, Context& c) : context(c) {}

  Outcome process(const Batch& batch) {
    if (!held && !is_done) {
      held.emplace(batch);
      if (rejects_from == From::kTimer) context.call_in(1ms);
      return Outcome::done();
    }
    if (is_done) {
      context.forward(0, batch);
      return Outcome::done();
    }
    const penstock_batch* first = held->c();
    switch (rejects_from) {
      case From::kProcess: reject(0); break;
      case From::kFailedProcess:
        reject(0);
        context.reject_row(batch, 0, 0, "of the batch that fails");
        return Outcome::reject("the whole batch");
      case From::kWrongRow: reject(1'000'000); break;
      case From::kReleased:
        held.reset();
        is_done = true;
        context.reject_row(Batch(first, batch.host()), 0, 0, "of a batch that it let go");
        break;
      case From::kForwards:
        held.reset();
        is_done = true;
        batch.host()->forward(context_of(), 0, &first, 1);
        break;
      default: break;
    }
    context.forward(0, batch);
    return Outcome::done();
  }
  void flush() {
    if (held && rejects_from == From::kFlush) reject(0);
  }
  void on_timer() {
    if (held) reject(0);
  }

  void reject(int64_t row) {
    context.reject_row(held->view(), 0, row, "of the held batch");
    held.reset();
    is_done = true;
  }
  penstock_context* context_of();

  Context& context;
  std::optional<HeldBatch> held;
  bool is_done = false;
};

// The C functions, which say what no wrapper would.
penstock_context* context_of_instance = nullptr;
penstock_context* Late::context_of() { return context_of_instance; }

penstock_node_type late() {
  penstock_node_type type = transform<Late>();
  static void* (*create)(const penstock_settings*, const penstock_host*, penstock_context*);
  create = type.create;
  type.create = [](const penstock_settings* settings, const penstock_host* host,
                   penstock_context* context) -> void* {
    context_of_instance = context;
    return create(settings, host, context);
  };
  return type;
}

constexpr int kMessages = 5000;  // several batches

void run_with(From from) {
  rejects_from = from;
  auto types = test_nodes::types();
  types["late"] = late();
  Run run(test_nodes::chain(kMessages, "", "\"middle\", \"middle.rejected\"", "late"), types);
  run.to_the_end();
  CHECK(run.pipeline->accounting().balanced);
}

// The message "0" is the first row of the first batch.
bool only_the_first_is_rejected() {
  return world.reasons == std::map<std::string, std::string>{{"0", "of the held batch"}};
}

std::string reason_of_all() {
  std::set<std::string> reasons;
  for (const auto& [payload, reason] : world.reasons) reasons.insert(reason);
  REQUIRE(reasons.size() == 1);
  return *reasons.begin();
}

}  // namespace

TEST_CASE("a row of a held batch that is rejected inside of process is that batch's") {
  run_with(From::kProcess);
  CHECK(only_the_first_is_rejected());
}

TEST_CASE("a row of a held batch that is rejected by flush or a timer leaves, too") {
  run_with(From::kTimer);
  CHECK(only_the_first_is_rejected());
  run_with(From::kFlush);
  CHECK(only_the_first_is_rejected());
}

TEST_CASE("a row of a held batch stays rejected when the call fails that rejected it") {
  run_with(From::kFailedProcess);
  CHECK(world.reasons["0"] == "of the held batch");
  world.reasons.erase("0");
  CHECK(reason_of_all() == "the whole batch");
}

TEST_CASE("a row that is not in a held batch is refused, and the call has failed") {
  run_with(From::kWrongRow);
  CHECK(reason_of_all() == "it calls reject_row with row 1000000 of chunk 0, which is not there");
}

TEST_CASE("a batch that the node does not have any more is refused, and the call has failed") {
  run_with(From::kReleased);
  CHECK(reason_of_all() == "it calls reject_row with a batch that it does not have");
  run_with(From::kForwards);
  CHECK(reason_of_all() == "it calls forward with a batch that it does not have");
}
