// Numbers, durations and sizes as people write them into a pipeline file.
#pragma once

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace penstock {
namespace detail {

using Unit = std::pair<std::string_view, double>;

inline constexpr std::array<Unit, 8> kDurations{{{"ns", 1},
                                                 {"us", 1e3},
                                                 {"µs", 1e3},
                                                 {"ms", 1e6},
                                                 {"s", 1e9},
                                                 {"m", 60e9},
                                                 {"h", 3600e9},
                                                 {"d", 86400e9}}};

inline constexpr std::array<Unit, 10> kSizes{{{"", 1},
                                              {"B", 1},
                                              {"kB", 1e3},
                                              {"KB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9},
                                              {"KiB", 1024},
                                              {"MiB", 1048576},
                                              {"GiB", 1073741824},
                                              {"TiB", 1099511627776}}};

template <size_t N>
std::optional<double> factor(std::string_view unit, const std::array<Unit, N>& units) {
  for (const auto& [name, value] : units) {
    if (name == unit) return value;
  }
  return std::nullopt;
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes the number that `text` begins with off it.
inline std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

inline std::optional<int64_t> whole(double value) {
  if (!(std::fabs(value) < 9.2e18)) return std::nullopt;
  return static_cast<int64_t>(std::llround(value));
}

}  // namespace detail

// "5000", "5_000", "-1"
inline std::optional<int64_t> parse_integer(std::string_view text) {
  std::string digits;
  for (const char c : detail::trim(text)) {
    if (c != '_') digits += c;
  }
  int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

inline std::optional<double> parse_number(std::string_view text) {
  text = detail::trim(text);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

// "true", "No", "1", "off"
inline std::optional<bool> parse_boolean(std::string_view text) {
  std::string word(detail::trim(text));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* each : {"true", "1", "yes", "on"}) {
    if (word == each) return true;
  }
  for (const char* each : {"false", "0", "no", "off"}) {
    if (word == each) return false;
  }
  return std::nullopt;
}

// "1h30m", "1.5s", "100ms"; in ns
inline std::optional<int64_t> parse_duration(std::string_view text) {
  text = detail::trim(text);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const std::optional<double> count = detail::take_number(text);
    if (!count || *count < 0) return std::nullopt;
    size_t length = 0;
    while (length < text.size() && (text[length] < '0' || text[length] > '9')) ++length;
    const std::optional<double> unit =
        detail::factor(detail::trim(text.substr(0, length)), detail::kDurations);
    if (!unit) return std::nullopt;
    sum += *count * *unit;
    text.remove_prefix(length);
  }
  return detail::whole(sum);
}

// "1GiB", "10 MB", "512"; in bytes
inline std::optional<int64_t> parse_size(std::string_view text) {
  text = detail::trim(text);
  const std::optional<double> count = detail::take_number(text);
  if (!count || *count < 0) return std::nullopt;
  const std::optional<double> unit = detail::factor(detail::trim(text), detail::kSizes);
  if (!unit) return std::nullopt;
  return detail::whole(*count * *unit);
}

}  // namespace penstock
