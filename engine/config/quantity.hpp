// Numbers, durations and sizes as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::engine {

std::optional<int64_t> parse_integer(std::string_view text);  // "5000", "5_000", "-1"
std::optional<double> parse_number(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);      // "true", "No", "1", "off"
std::optional<int64_t> parse_duration(std::string_view text);  // "1h30m", "1.5s", "100ms"; in ns
std::optional<int64_t> parse_size(std::string_view text);      // "1GiB", "10 MB", "512"; in bytes

std::string format_duration(int64_t ns);     // "100ms"
std::string format_size(int64_t bytes);      // "16MiB"
std::string format_grouped(int64_t number);  // "1,234,567"
std::string format_uptime(int64_t seconds);  // "2h15m30s"

}  // namespace penstock::engine
