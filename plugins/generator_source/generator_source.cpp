// generator_source: simulated machines, for trying and measuring pipelines.
#include <penstock/plugin.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "message_template.hpp"

namespace generator_source {

using namespace penstock;
using namespace std::chrono_literals;

class Generator {
 public:
  struct Options {
    int64_t devices = 0, count = 0;
    double rate = 0;
    MessageFormat format = MessageFormat::kDocumented;
  };
  enum Metrics : uint32_t { kGenerated };

  static Declaration declare() {
    return {
        .name = "generator_source",
        .summary = "Simulates machines that send the documented JSON message.",
        .options =
            {
                option<&Options::devices>("devices", {.help = "Machines that take turns.",
                                                      .default_value = "10",
                                                      .min = 1,
                                                      .max = 100'000}),
                option<&Options::rate>("rate",
                                       {.help = "Messages a second; 0: as fast as they are taken.",
                                        .default_value = "1000",
                                        .unit = "messages/s",
                                        .min = 0,
                                        .max = 1'000'000'000}),
                option<&Options::count>("count", {.help = "Ends after this many; 0: never.",
                                                  .default_value = "0",
                                                  .unit = "messages",
                                                  .min = 0}),
                option<&Options::format>(
                    "format", {.help = "The documented message, or the gateway's compact one.",
                               .default_value = "documented",
                               .choices = "documented,compact"}),
            },
        .ports = {},
        .metrics = {{PENSTOCK_COUNTER, "generated_messages_total", "messages_generated",
                     "Messages that the generator made."}},
    };
  }

  Generator(const Options& options, Context& context) : options_(options), context_(context) {
    for (int64_t device = 1; device <= options.devices; ++device) {
      templates_.emplace_back(options.format, device);
    }
    payloads_.room(kBurst * kMostBytes);
  }
  ~Generator() { stop(); }

  void start() {
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  static constexpr int64_t kBurst = 250;
  static constexpr size_t kMostBytes = 256;  // a message

  void run() {
    const auto begin = std::chrono::steady_clock::now();
    int64_t sent = 0;
    while (!stop_ && (options_.count == 0 || sent < options_.count)) {
      const int64_t wanted = burst(sent, std::chrono::steady_clock::now() - begin);
      if (wanted == 0) {
        std::this_thread::sleep_for(2ms);
        continue;
      }
      if (!send(sent, wanted)) break;
      sent += wanted;
      context_.add(kGenerated, static_cast<double>(wanted));
    }
    if (!stop_) context_.finished();
  }

  // How many messages are due now.
  int64_t burst(int64_t sent, std::chrono::duration<double> running) const {
    int64_t due = kBurst;
    if (options_.rate > 0) {
      due = std::min(due, static_cast<int64_t>(running.count() * options_.rate) - sent);
    }
    if (options_.count > 0) due = std::min(due, options_.count - sent);
    return std::max<int64_t>(due, 0);
  }

  // Appends messages `first` and on; false when the engine stops.
  bool send(int64_t first, int64_t count) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const int64_t now_us = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    payloads_.clear();
    for (int64_t i = 0; i < count; ++i) {
      MessageTemplate& device = templates_[static_cast<size_t>((first + i) % options_.devices)];
      const std::string_view payload =
          device.fill(static_cast<uint32_t>((first + i) % 90'000), now_us / 1000);
      char* at = payloads_.room(payload.size());
      std::memcpy(at, payload.data(), payload.size());
      payloads_.grow(payload.size());
      messages_[static_cast<size_t>(i)] = {
          {device.topic().data(), device.topic().size()}, {at, payload.size()}, now_us};
    }
    std::span<const penstock_message> rest(messages_.data(), static_cast<size_t>(count));
    while (!rest.empty()) {
      const size_t taken = context_.append(rest);
      rest = rest.subspan(taken);
      if (taken == 0 && !context_.wait_for_space(100ms) && stop_) return false;
    }
    return true;
  }

  const Options options_;
  Context& context_;
  std::vector<MessageTemplate> templates_;
  std::array<penstock_message, kBurst> messages_{};
  Buffer<char> payloads_;  // of the messages; never grows, so that they stay where they are
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace generator_source

PENSTOCK_PLUGIN("generator_source", penstock::source<generator_source::Generator>())
