// The log with a limit: a fault that occurs ten thousand times a second is logged a few times, and
// counted.
#pragma once

#include <spdlog/sinks/sink.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace penstock::engine {

// Lines are of one kind when they come from one node and differ in numbers only. Kinds share a
// fixed number of counters, so that lines which differ in what came from outside are limited, too.
class LimitedSink final : public spdlog::sinks::sink {
 public:
  explicit LimitedSink(spdlog::sink_ptr to) : to_(std::move(to)) {}

  // From now on; counts are kept.
  void write_to(spdlog::sink_ptr to);
  void set_most_per_second(int64_t most) { most_ = most; }
  uint64_t suppressed() const { return suppressed_.load(std::memory_order_relaxed); }

  void log(const spdlog::details::log_msg& message) override;
  void flush() override;
  void set_pattern(const std::string& pattern) override;
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override;

 private:
  using Clock = spdlog::log_clock;
  struct Kind {
    Clock::time_point since;  // of the second that is counted
    int64_t lines = 0;        // of it
    // Not written since then, and the last of them.
    uint64_t left_out = 0;
    std::string logger, text;
    spdlog::level::level_enum level = spdlog::level::off;
  };
  void tell_left_out(Kind& kind);

  std::atomic<int64_t> most_ = 10;
  std::atomic<uint64_t> suppressed_ = 0;
  std::mutex mutex_;
  spdlog::sink_ptr to_;
  std::array<Kind, 256> kinds_;
  size_t kinds_left_out_ = 0;
};

}  // namespace penstock::engine
