#include "telemetry/limited_sink.hpp"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>

#include <string_view>

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr size_t kLooked = 200;  // letters of a line

// FNV-1a over all but the digits.
uint64_t kind_of(const spdlog::details::log_msg& message) {
  uint64_t hash = 0xCBF2'9CE4'8422'2325 + static_cast<uint64_t>(message.level);
  const auto add = [&](std::string_view text) {
    for (const char c : text.substr(0, kLooked)) {
      if (c >= '0' && c <= '9') continue;
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
    }
  };
  add({message.logger_name.data(), message.logger_name.size()});
  add({message.payload.data(), message.payload.size()});
  return hash ^ hash >> 32;
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
  {
    const std::lock_guard lock(mutex_);
    for (Kind& each : kinds_) {
      if (each.left_out > 0) tell_left_out(each);
    }
  }
  to_->flush();
}

}  // namespace penstock::engine
