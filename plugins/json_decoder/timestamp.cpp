#include "timestamp.hpp"

#include <cmath>

namespace json_decoder {
namespace {

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

// Days from 1970-01-01 in the proleptic Gregorian calendar: whole 400-year eras, then the
// days of a year that begins in March, so that the leap day comes last.
int64_t days_since_1970(int year, int month, int day) {
  year -= month <= 2;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097LL + day_of_era - 719'468;
}

bool exists(int year, int month, int day) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap);
}

// The fraction after the dot, in µs; `at` ends behind its digits, of which RFC 3339 allows any
// number. Those behind the ninth don't count.
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

// "Z" or "+hh:mm", in seconds; must be the rest of the text.
std::optional<int> offset(const char* at, const char* end) {
  if (end - at == 1 && (*at == 'Z' || *at == 'z')) return 0;
  if (end - at != 6 || (*at != '+' && *at != '-') || at[3] != ':') return std::nullopt;
  const int hours = digits(at + 1, 2), minutes = digits(at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int seconds = hours * 3600 + minutes * 60;
  return *at == '-' ? -seconds : seconds;
}

int64_t magnitude_factor(double number, TimeUnit unit, int64_t& divisor) {
  divisor = 1;
  if (unit == TimeUnit::kAuto) {
    const double size = std::fabs(number);
    unit = size < 1e11   ? TimeUnit::kSeconds
           : size < 1e14 ? TimeUnit::kMilliseconds
           : size < 1e17 ? TimeUnit::kMicroseconds
                         : TimeUnit::kNanoseconds;
  }
  switch (unit) {
    case TimeUnit::kSeconds: return kSecond;
    case TimeUnit::kMilliseconds: return 1000;
    case TimeUnit::kNanoseconds: divisor = 1000; return 1;
    default: return 1;
  }
}

}  // namespace

std::optional<int64_t> parse_rfc3339(std::string_view text) {
  // 2024-01-15T10:30:00Z is the shortest.
  if (text.size() < 20) return std::nullopt;
  const char* at = text.data();
  const char* end = at + text.size();
  const bool separated = at[4] == '-' && at[7] == '-' && at[13] == ':' && at[16] == ':' &&
                         (at[10] == 'T' || at[10] == 't' || at[10] == ' ');
  const int year = digits(at, 4), month = digits(at + 5, 2), day = digits(at + 8, 2);
  const int hour = digits(at + 11, 2), minute = digits(at + 14, 2), second = digits(at + 17, 2);
  if (!separated || year < 0 || !exists(year, month, day) || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  at += 19;
  int64_t us = 0;
  if (*at == '.') {
    const std::optional<int64_t> rounded = fraction(++at, end);
    if (!rounded) return std::nullopt;
    us = *rounded;
  }
  const std::optional<int> east = offset(at, end);
  if (!east) return std::nullopt;
  const int64_t seconds = days_since_1970(year, month, day) * 86'400 + int64_t{hour} * 3600 +
                          int64_t{minute} * 60 + second - *east;
  return seconds * kSecond + us;
}

std::optional<int64_t> from_epoch(int64_t number, TimeUnit unit) {
  int64_t divisor = 1;
  const int64_t factor = magnitude_factor(static_cast<double>(number), unit, divisor);
  int64_t us = 0;
  if (__builtin_mul_overflow(number, factor, &us)) return std::nullopt;
  if (divisor == 1) return us;
  const int64_t rest = us % divisor;
  us /= divisor;
  if (2 * rest >= divisor) ++us;
  if (-2 * rest > divisor) --us;
  return us;
}

std::optional<int64_t> from_epoch(double number, TimeUnit unit) {
  int64_t divisor = 1;
  const int64_t factor = magnitude_factor(number, unit, divisor);
  const double us = number * static_cast<double>(factor) / static_cast<double>(divisor);
  if (!(std::fabs(us) < 9.2e18)) return std::nullopt;
  return std::llround(us);
}

}  // namespace json_decoder
