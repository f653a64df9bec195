#include "timestamp.hpp"

#include <penstock/calendar.hpp>

namespace json_decoder {
namespace {

using penstock::days_of_month, penstock::days_since_1970;

constexpr int64_t kSecond = 1'000'000;  // µs

// The number of `count` digits at `at`, or -1.
int digits(const char* at, int count) {
  int value = 0;
  for (int i = 0; i < count; ++i) {
    const int digit = at[i] - '0';
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

bool exists(int year, int month, int day) {
  return month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month);
}

// The fraction after the dot, in µs; `at` ends behind its digits. Those behind the ninth don't
// count.
std::optional<int64_t> fraction(const char*& at, const char* end) {
  constexpr int kMostDigits = 9;
  int64_t ns = 0;
  int count = 0;
  for (; at < end && *at >= '0' && *at <= '9'; ++at) {
    if (count == kMostDigits) continue;
    ns = ns * 10 + (*at - '0');
    ++count;
  }
  if (count == 0) return std::nullopt;
  for (; count < kMostDigits; ++count) ns *= 10;
  return (ns + 500) / 1000;
}

// "Z", "+hh:mm", "+hhmm" or "+hh", in seconds; must be the rest of the text.
std::optional<int> offset(const char* at, const char* end) {
  const auto size = end - at;
  if (size == 1 && (*at == 'Z' || *at == 'z')) return 0;
  const bool extended = size == 6 && at[3] == ':';
  if (!(extended || size == 5 || size == 3) || (*at != '+' && *at != '-')) return std::nullopt;
  const int hours = digits(at + 1, 2), minutes = size == 3 ? 0 : digits(end - 2, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return *at == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<int64_t> parse_time(std::string_view text, const TimeZone* local) {
  constexpr size_t kShortest = std::string_view("2024-01-15T10:30").size();
  if (text.size() < kShortest) return std::nullopt;
  const char* at = text.data();
  const char* end = at + text.size();
  const bool separated = at[4] == '-' && at[7] == '-' && at[13] == ':' &&
                         (at[10] == 'T' || at[10] == 't' || at[10] == ' ');
  const int year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
  const int hour = digits(at + 11, 2), minute = digits(at + 14, 2);
  int second = 0;
  at += kShortest;
  int64_t us = 0;
  if (end - at >= 3 && *at == ':') {
    second = digits(at + 1, 2);
    at += 3;
    if (at < end && (*at == '.' || *at == ',')) {
      const std::optional<int64_t> rounded = fraction(++at, end);
      if (!rounded) return std::nullopt;
      us = *rounded;
    }
  }
  if (!separated || year < 0 || !exists(year, month, day) || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  const int64_t seconds = days_since_1970(year, month, day) * 86'400 + int64_t{hour} * 3600 +
                          int64_t{minute} * 60 + second;
  if (at == end) {
    if (local == nullptr) return std::nullopt;
    return local->utc_of(seconds) * kSecond + us;
  }
  const std::optional<int> east = offset(at, end);
  if (!east) return std::nullopt;
  return (seconds - *east) * kSecond + us;
}

const char* why_no_time(std::string_view text) {
  const auto is = [&](std::string_view shape) {
    if (text.size() < shape.size()) return false;
    for (size_t i = 0; i < shape.size(); ++i) {
      const bool digit = text[i] >= '0' && text[i] <= '9';
      if (shape[i] == '0' ? !digit : text[i] != shape[i]) return false;
    }
    return text.size() == shape.size() || text[shape.size()] < '0' || text[shape.size()] > '9';
  };
  if (is("0000-W00") || is("0000W00") || is("0000W000")) return "time: week dates are not read: ";
  if (is("0000-000") || is("0000000")) return "time: ordinal dates are not read: ";
  if (parse_time(text, &TimeZone::utc())) return "time: no zone, and time_zone is not set: ";
  return "time: not like 2024-01-15T10:30:00.123Z: ";
}

}  // namespace json_decoder
