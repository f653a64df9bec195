#include "config/quantity.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace penstock::engine {
namespace {

using Unit = std::pair<std::string_view, double>;

constexpr std::array<Unit, 8> kDurations{{{"ns", 1},
                                          {"us", 1e3},
                                          {"µs", 1e3},
                                          {"ms", 1e6},
                                          {"s", 1e9},
                                          {"m", 60e9},
                                          {"h", 3600e9},
                                          {"d", 86400e9}}};

constexpr std::array<Unit, 10> kSizes{{{"", 1},
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

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Takes the number that `text` begins with off it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

std::optional<int64_t> whole(double value) {
  if (!(std::fabs(value) < 9.2e18)) return std::nullopt;
  return static_cast<int64_t>(std::llround(value));
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text) {
  std::string digits;
  for (const char c : trim(text)) {
    if (c != '_') digits += c;
  }
  int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  std::string word(trim(text));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* each : {"true", "1", "yes", "on"}) {
    if (word == each) return true;
  }
  for (const char* each : {"false", "0", "no", "off"}) {
    if (word == each) return false;
  }
  return std::nullopt;
}

std::optional<int64_t> parse_duration(std::string_view text) {
  text = trim(text);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const std::optional<double> count = take_number(text);
    if (!count || *count < 0) return std::nullopt;
    size_t length = 0;
    while (length < text.size() && (text[length] < '0' || text[length] > '9')) ++length;
    const std::optional<double> unit = factor(trim(text.substr(0, length)), kDurations);
    if (!unit) return std::nullopt;
    sum += *count * *unit;
    text.remove_prefix(length);
  }
  return whole(sum);
}

std::optional<int64_t> parse_size(std::string_view text) {
  text = trim(text);
  const std::optional<double> count = take_number(text);
  if (!count || *count < 0) return std::nullopt;
  const std::optional<double> unit = factor(trim(text), kSizes);
  if (!unit) return std::nullopt;
  return whole(*count * *unit);
}

std::string format_duration(int64_t ns) {
  constexpr std::array<std::pair<const char*, int64_t>, 5> kUnits{{{"h", 3600'000'000'000},
                                                                   {"m", 60'000'000'000},
                                                                   {"s", 1'000'000'000},
                                                                   {"ms", 1'000'000},
                                                                   {"us", 1'000}}};
  for (const auto& [name, size] : kUnits) {
    if (ns >= size && ns % size == 0) return fmt::format("{}{}", ns / size, name);
  }
  return fmt::format("{}ns", ns);
}

std::string format_size(int64_t bytes) {
  for (const auto& [name, size] : {Unit{"GiB", 1073741824}, {"MiB", 1048576}, {"KiB", 1024}}) {
    const auto unit = static_cast<int64_t>(size);
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  }
  return fmt::format("{}B", bytes);
}

std::string format_grouped(int64_t number) {
  std::string text = std::to_string(number);
  const int first = number < 0 ? 1 : 0;
  for (int at = static_cast<int>(text.size()) - 3; at > first; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
}

std::string format_uptime(int64_t seconds) {
  const int64_t h = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;
  if (h > 0) return fmt::format("{}h{}m{}s", h, m, s);
  if (m > 0) return fmt::format("{}m{}s", m, s);
  return fmt::format("{}s", s);
}

}  // namespace penstock::engine
