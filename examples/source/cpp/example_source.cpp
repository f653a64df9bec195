// Appends a message at each interval, with a number that counts up.
#include <penstock/plugin.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

using namespace penstock;

class Ticks {
 public:
  struct Options {
    std::string topic;
    std::chrono::nanoseconds interval{};
    int64_t count = 0;
  };
  enum Metrics : uint32_t { kTicks };

  static Declaration declare() {
    return {
        .name = "example_source",
        .summary = "Appends a message at each interval, with a number that counts up.",
        .options = {option<&Options::topic>("topic", {.help = "Topic of the messages.",
                                                      .default_value = "example/ticks"}),
                    option<&Options::interval>("interval", {.help = "Time between two messages.",
                                                            .default_value = "1s",
                                                            .min = 0.001}),
                    option<&Options::count>("count", {.help = "Ends after this many; 0: never.",
                                                      .default_value = "0",
                                                      .unit = "messages",
                                                      .min = 0})},
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "ticks_total", "ticks", "Messages appended."}},
    };
  }

  Ticks(const Options& options, Context& context) : options_(options), context_(context) {}
  ~Ticks() { stop(); }

  // A source has threads of its own, which begin here and have ended when `stop` returns.
  void start() {
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    for (int64_t tick = 0; options_.count == 0 || tick < options_.count; ++tick) {
      if (is_stopped_within(options_.interval) || !append(tick)) return;
      context_.add(kTicks, 1);
    }
    // All has come: once every source has said so, the engine ends.
    context_.finished();
  }

  // False: it was stopped. The intake may be full: then nothing is taken until there is room.
  bool append(int64_t tick) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const std::string payload = "{\"value\":" + std::to_string(tick) + "}";
    const penstock_source_message message =
        source_message(options_.topic, payload,
                       std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    while (context_.append({&message, 1}) == 0) {
      if (!context_.wait_for_space(std::chrono::milliseconds(100)) && is_stopped_within({})) {
        return false;
      }
    }
    return true;
  }

  bool is_stopped_within(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return stopping_; });
  }

  const Options options_;
  Context& context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

PENSTOCK_PLUGIN("example_source", source<Ticks>())
