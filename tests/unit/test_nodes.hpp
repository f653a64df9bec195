// Small node types for tests of the engine, defined through the SDK as any plugin's.
#pragma once

#include <penstock/plugin.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace test_nodes {

using namespace penstock;

// What sinks have stored, by the payload's text, and how nodes shall behave.
struct World {
  std::mutex mutex;
  std::multimap<std::string, std::string> stored;  // payload → topic
  std::vector<int64_t> batch_rows;
  std::map<std::string, std::string> reasons;  // payload → reason, of rejected rows
  std::atomic<int> failures{0};                // the sink fails this many times
  std::atomic<bool> closed{false};             // the sink fails as long as this is so
  std::atomic<int> lanes_inside{0}, most_lanes_inside{0};
  std::atomic<bool> hold_lanes{false};

  void reset() {
    const std::lock_guard lock(mutex);
    stored.clear();
    batch_rows.clear();
    reasons.clear();
    failures = 0;
    closed = hold_lanes = false;
    lanes_inside = most_lanes_inside = 0;
  }
  size_t stored_count() {
    const std::lock_guard lock(mutex);
    return stored.size();
  }
};
inline World world;

// Emits `count` messages "0", "1", …
struct Counting {
  struct Options {
    int64_t count = 0;
    bool endless = false;
  };
  static Declaration declare() {
    return {
        .name = "counting",
        .summary = "test",
        .options = {option<&Options::count>("count", {.help = "n", .default_value = "10"}),
                    option<&Options::endless>("endless", {.help = "e", .default_value = "false"})},
        .ports = {},
        .metrics = {}};
  }
  Counting(const Options& o, Context& c) : options(o), context(c) {}
  ~Counting() { stop(); }
  void start() {
    thread = std::thread([this] {
      for (int64_t i = 0; !stopping && (options.endless || i < options.count);) {
        const std::string payload = std::to_string(i), topic = "t" + std::to_string(i % 3);
        const penstock_source_message message = penstock::source_message(topic, payload, i);
        if (context.append({&message, 1}) == 1) ++i;
        else context.wait_for_space(std::chrono::milliseconds(50));
        appended = i;
      }
      if (!options.endless && !stopping) context.finished();
    });
  }
  void stop() {
    stopping = true;
    if (thread.joinable()) thread.join();
  }
  void acknowledged(uint64_t position) { last_acknowledged = position; }

  Options options;
  Context& context;
  std::atomic<bool> stopping{false};
  std::thread thread;
  static inline std::atomic<int64_t> appended{0};
  static inline std::atomic<uint64_t> last_acknowledged{0};
};

// Passes batches on; may reject, throw, or refuse.
struct Passing {
  struct Options {
    std::string reject, throw_at, reject_part;
  };
  static Declaration declare() {
    return {.name = "passing",
            .summary = "test",
            .options = {option<&Options::reject>("reject", {.help = "payload to reject"}),
                        option<&Options::throw_at>("throw_at", {.help = "payload to throw at"}),
                        option<&Options::reject_part>("reject_part",
                                                      {.help = "payload of two bad parts"})},
            .ports = {{"out", "o"}, {"copy", "a second one"}},
            .metrics = {}};
  }
  static Schema input_schema(const Options&) { return message_schema(); }
  Passing(const Options& o, Context& c) : options(o), context(c) {}
  Outcome process(const Batch& batch) {
    const TextColumn payload(*batch.chunk(0).children[1]);
    for (int64_t row = 0; row < batch.rows(); ++row) {
      if (!options.throw_at.empty() && payload[row] == options.throw_at) {
        throw std::runtime_error("thrown at " + options.throw_at);
      }
      if (!options.reject.empty() && payload[row] == options.reject) {
        context.reject_row(batch, 0, row, "not wanted");
      }
      if (!options.reject_part.empty() && payload[row] == options.reject_part) {
        context.reject_part(batch, 0, row, 1, "the left part", "bad");
        context.reject_part(batch, 0, row, 1, "the right part", "bad, too", "2");
      }
    }
    context.forward(0, batch);
    context.forward(1, batch);
    return Outcome::done();
  }
  Options options;
  Context& context;
};

// Merges what comes, as the batcher does.
struct Holding {
  struct Options {
    int64_t rows = 0;
  };
  static Declaration declare() {
    return {.name = "holding",
            .summary = "test",
            .options = {option<&Options::rows>("rows", {.help = "n", .default_value = "100"})},
            .ports = {{"out", "o"}},
            .metrics = {}};
  }
  Holding(const Options& o, Context& c) : options(o), context(c) {}
  Outcome process(const Batch& batch) {
    held.emplace_back(batch);
    rows += batch.rows();
    if (rows >= options.rows) flush();
    return Outcome::done();
  }
  void flush() {
    if (!held.empty()) context.forward(0, held);
    held.clear();
    rows = 0;
  }
  Options options;
  Context& context;
  std::vector<HeldBatch> held;
  int64_t rows = 0;
};

struct Storing {
  struct Options {};
  static Declaration declare() {
    return {.name = "storing", .summary = "test", .options = {}, .ports = {}, .metrics = {}};
  }
  Storing(const Options&, Context& c) : context(c) {}
  Outcome process(const Batch& batch) {
    const int inside = ++world.lanes_inside;
    int most = world.most_lanes_inside;
    while (inside > most && !world.most_lanes_inside.compare_exchange_weak(most, inside)) {
    }
    while (world.hold_lanes) std::this_thread::yield();
    --world.lanes_inside;
    if (world.closed) return Outcome::retry("closed");
    if (world.failures > 0 && world.failures-- > 0) return Outcome::retry("not now");
    const int reason = column_index(batch.schema(), "reason");
    const std::lock_guard lock(world.mutex);
    world.batch_rows.push_back(batch.rows());
    for (size_t i = 0; i < batch.chunks(); ++i) {
      const TextColumn topic(*batch.chunk(i).children[0]), payload(*batch.chunk(i).children[1]);
      for (int64_t row = 0; row < batch.chunk(i).length; ++row) {
        if (reason >= 0) {
          const TextColumn reasons(*batch.chunk(i).children[static_cast<size_t>(reason)]);
          world.reasons.emplace(payload[row], reasons[row]);
        } else {
          world.stored.emplace(payload[row], topic[row]);
        }
      }
    }
    return Outcome::done();
  }
  Context& context;
};

inline std::map<std::string, penstock_node_type> types() {
  return {{"counting", source<Counting>()},
          {"passing", transform<Passing>()},
          {"holding", transform<Holding>()},
          {"storing", sink<Storing>()}};
}

}  // namespace test_nodes
