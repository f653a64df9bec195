#include "telemetry/limited_sink.hpp"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>

#include <algorithm>
#include <functional>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr size_t kLooked = 200;  // letters of a line

// A number for all lines that differ in their digits only.
size_t kind_of(const spdlog::details::log_msg& message) {
  std::string kind(message.logger_name.data(), message.logger_name.size());
  kind += static_cast<char>('a' + message.level);
  kind.append(message.payload.data(), std::min(message.payload.size(), kLooked));
  std::erase_if(kind, [](char c) { return c >= '0' && c <= '9'; });
  return std::hash<std::string>{}(kind);
}

}  // namespace

void LimitedSink::log(const spdlog::details::log_msg& message) {
  const std::lock_guard lock(mutex_);
  if (kinds_left_out_ > 0) {
    for (Kind& each : kinds_) {
      if (each.left_out > 0 && message.time - each.since >= 1s) tell_left_out(each);
    }
  }
  Kind& kind = kinds_[kind_of(message) % kinds_.size()];
  if (message.time - kind.since >= 1s) {
    kind.since = message.time;
    kind.lines = 0;
  }
  if (++kind.lines <= most_) {
    to_->log(message);
    return;
  }
  suppressed_.fetch_add(1, std::memory_order_relaxed);
  if (kind.left_out++ == 0) ++kinds_left_out_;
  kind.logger.assign(message.logger_name.data(), message.logger_name.size());
  kind.text.assign(message.payload.data(), message.payload.size());
  kind.level = message.level;
}

void LimitedSink::tell_left_out(Kind& kind) {
  const std::string text =
      fmt::format("{} more lines like this were left out (logging.max_per_second): {}",
                  kind.left_out, kind.text);
  kind.left_out = 0;
  --kinds_left_out_;
  to_->log(spdlog::details::log_msg(kind.logger, kind.level, text));
}

void LimitedSink::flush() {
  const std::lock_guard lock(mutex_);
  for (Kind& each : kinds_) {
    if (each.left_out > 0) tell_left_out(each);
  }
  to_->flush();
}

void LimitedSink::write_to(spdlog::sink_ptr to) {
  const std::lock_guard lock(mutex_);
  to_ = std::move(to);
}

void LimitedSink::set_pattern(const std::string& pattern) {
  const std::lock_guard lock(mutex_);
  to_->set_pattern(pattern);
}

void LimitedSink::set_formatter(std::unique_ptr<spdlog::formatter> formatter) {
  const std::lock_guard lock(mutex_);
  to_->set_formatter(std::move(formatter));
}

}  // namespace penstock::engine
