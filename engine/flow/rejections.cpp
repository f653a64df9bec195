#include "flow/rejections.hpp"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "config/quantity.hpp"

namespace penstock::engine {
namespace {

constexpr size_t kMostKinds = 30;
// After this long without a rejection the sender is gone, and there is nothing to look at.
constexpr std::chrono::minutes kForgotten{10};

// Reasons are "what", "what: which one", or "what: which one: the value".
std::string kind_of(const std::string& reason) {
  const size_t value = reason.rfind(": ");
  const bool shows_value = value != std::string::npos && reason.find(": ") < value;
  std::string kind;
  bool quoted = false;
  for (const char c : reason.substr(0, shows_value ? value : reason.size())) {
    if (c == '"') quoted = !quoted;
    else if (!quoted && !std::isdigit(static_cast<unsigned char>(c))) kind += c;
  }
  return kind;
}

}  // namespace

bool Rejections::is_new_kind(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (reason == last_reason_) return false;
  last_reason_ = reason;
  return kinds_.size() < kMostKinds && kinds_.insert(kind_of(reason)).second;
}

std::string Rejections::look(uint64_t passed, uint64_t rejected, Clock::time_point now,
                             std::chrono::milliseconds patience) {
  const uint64_t rejected_until_now = std::exchange(rejected_, rejected);
  if (std::exchange(passed_, passed) != passed) {
    began_.reset();
    return "";
  }
  if (rejected != rejected_until_now) {
    last_ = now;
    if (!began_) {
      began_ = now;
      rejected_before_ = rejected_until_now;
    }
  }
  if (!began_ || now - last_ > kForgotten) {
    began_.reset();
    return "";
  }
  if (last_ - *began_ < patience) return "";
  const std::lock_guard lock(mutex_);
  return fmt::format("rejects everything, {} rows so far; the last reason: {}",
                     format_grouped(static_cast<int64_t>(rejected - rejected_before_)),
                     last_reason_);
}

}  // namespace penstock::engine
