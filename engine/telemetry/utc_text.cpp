#include "telemetry/utc_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace penstock::engine {

std::string utc_text(UtcTime time, int digits) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto seconds = static_cast<std::time_t>(second.time_since_epoch().count());
  std::string text = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(seconds));
  if (digits > 0) {
    const std::string us = fmt::format("{:06}", (time - second).count());
    text.append(1, '.').append(us, 0, static_cast<size_t>(digits));
  }
  return text + 'Z';
}

}  // namespace penstock::engine
