// A zone that changes twice a year for ever, as POSIX TZ writes it: CET-1CEST,M3.5.0,M10.5.0/3.
// https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html, and RFC 8536 §3.3.1.
// What they leave open is as PostgreSQL has it (tzparse in src/timezone/localtime.c): names may be
// of any length, and a summer without days is that of the United States.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/calendar.hpp"

namespace penstock {

struct TimeZoneRule {
  struct Day {
    enum Kind { kMonthWeekDay, kJulian, kDayOfYear } kind = kMonthWeekDay;
    int month = 0, week = 0, day = 0;  // as they stand there
    int64_t seconds = 7200;            // of local time, from midnight on

    // In seconds of local time since 1970.
    int64_t of(int year) const;
  };
  std::string standard_name, summer_name;
  int32_t standard_east = 0;  // seconds
  bool has_summer = false;
  int32_t summer_east = 0;
  Day summer_begins, summer_ends;

  static std::optional<TimeZoneRule> parse(std::string_view text);
};

namespace detail {

// The pieces of a rule.
class TimeZoneRuleReader {
 public:
  explicit TimeZoneRuleReader(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool has(char c) const { return rest_.starts_with(c); }
  bool take(char c) {
    if (!has(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool name(std::string& to) {
    const bool is_quoted = take('<');
    const size_t size = is_quoted ? rest_.find('>') : rest_.find_first_of("0123456789,+-");
    if (is_quoted && size == std::string_view::npos) return false;
    to = rest_.substr(0, size);
    rest_.remove_prefix(to.size() + is_quoted);
    return true;
  }
  bool number(int least, int most, int& value) {
    size_t size = 0;
    value = 0;
    for (; size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9'; ++size) {
      value = 10 * value + (rest_[size] - '0');
      if (value > most) return false;
    }
    rest_.remove_prefix(size);
    return size > 0 && value >= least;
  }
  // [+-]hh[:mm[:ss]]
  bool time(int64_t& seconds) {
    constexpr int kMostHours = 24 * 7 - 1;
    const bool minus = take('-');
    if (!minus) take('+');
    int part = 0;
    if (!number(0, kMostHours, part)) return false;
    seconds = part * 3600LL;
    if (take(':')) {
      if (!number(0, 59, part)) return false;
      seconds += part * 60LL;
      if (take(':')) {
        if (!number(0, 60, part)) return false;
        seconds += part;
      }
    }
    if (minus) seconds = -seconds;
    return true;
  }
  bool day(TimeZoneRule::Day& day) {
    using Day = TimeZoneRule::Day;
    if (take('M')) {
      day.kind = Day::kMonthWeekDay;
      if (!number(1, 12, day.month) || !take('.')) return false;
      if (!number(1, 5, day.week) || !take('.') || !number(0, 6, day.day)) return false;
    } else {
      day.kind = take('J') ? Day::kJulian : Day::kDayOfYear;
      if (!number(day.kind == Day::kJulian, 365, day.day)) return false;
    }
    return !take('/') || time(day.seconds);
  }

 private:
  std::string_view rest_;
};

}  // namespace detail

inline int64_t TimeZoneRule::Day::of(int year) const {
  constexpr int64_t kSecondsOfDay = 86'400;
  int64_t days = days_since_1970(year, 1, 1);
  switch (kind) {
    case kMonthWeekDay: {
      days = days_since_1970(year, month, 1);
      const auto weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);  // 1970 began on a Thursday
      int later = (day - weekday + 7) % 7 + (week - 1) * 7;
      while (later >= days_of_month(year, month)) later -= 7;
      days += later;
      break;
    }
    // From 1 on; the leap day has no number.
    case kJulian: days += day - 1 + (day >= 60 && is_leap_year(year)); break;
    case kDayOfYear: days += day; break;
  }
  return days * kSecondsOfDay + seconds;
}

inline std::optional<TimeZoneRule> TimeZoneRule::parse(std::string_view text) {
  detail::TimeZoneRuleReader reader(text);
  TimeZoneRule rule;
  int64_t west = 0;
  if (!reader.name(rule.standard_name) || !reader.time(west)) return std::nullopt;
  rule.standard_east = static_cast<int32_t>(-west);
  if (reader.at_end()) return rule;
  rule.has_summer = true;
  rule.summer_east = rule.standard_east + 3600;
  if (!reader.name(rule.summer_name) || rule.summer_name.empty()) return std::nullopt;
  if (!reader.at_end() && !reader.has(',')) {
    if (!reader.time(west)) return std::nullopt;
    rule.summer_east = static_cast<int32_t>(-west);
  }
  if (reader.at_end()) reader = detail::TimeZoneRuleReader(",M3.2.0,M11.1.0");
  if (!reader.take(',') || !reader.day(rule.summer_begins)) return std::nullopt;
  if (!reader.take(',') || !reader.day(rule.summer_ends) || !reader.at_end()) return std::nullopt;
  return rule;
}

}  // namespace penstock
