// The rules of a time zone, from the machine's tz database or as POSIX TZ writes them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/calendar.hpp"
#include "penstock/time_zone_rule.hpp"

namespace penstock {

class TimeZone {
 public:
  // "Europe/Berlin". Nothing when there is no such zone; `why` says so.
  static std::optional<TimeZone> load(const std::string& name, std::string& why);
  // A TZif file's bytes (RFC 8536).
  static std::optional<TimeZone> parse(std::string_view file);
  // A zone that has always had this rule, and always will.
  static TimeZone of(const TimeZoneRule& rule);
  static const TimeZone& utc();

  // Where the system keeps its zones.
  static constexpr const char* kFolder = "/usr/share/zoneinfo/";

  // What a clock there shows, in seconds since 1970 as if it were UTC, as seconds since 1970. A
  // time that a change of the clocks leaves out or repeats is what PostgreSQL makes of it
  // (DetermineTimeZoneOffset in src/backend/utils/adt/datetime.c): of the offsets before and after,
  // the one that is further west.
  int64_t utc_of(int64_t local) const;
  // Seconds east of UTC of clocks there, at a moment in seconds since 1970.
  int32_t east_at(int64_t utc) const;
  // What an abbreviation ("CEST") stood for there when it was last used before a moment, or else
  // next. Nothing when it never was.
  std::optional<int32_t> east_called(std::string_view abbreviation, int64_t utc) const;

 private:
  static constexpr int64_t kDay = 86'400, k400Years = 146'097 * kDay;

  struct Change {
    int64_t at;     // UTC
    int32_t east;   // from then on
    uint16_t name;  // of names_
  };
  using Changes = std::span<const Change>;
  // The first change after a moment.
  static Changes::iterator change_after(Changes changes, int64_t utc) {
    return std::upper_bound(changes.begin(), changes.end(), utc,
                            [](int64_t time, const Change& change) { return time < change.at; });
  }
  // Two, in order, or none: it is summer all the year.
  static size_t changes_of(const TimeZoneRule& rule, int year, std::span<Change, 2> to);
  // Calls `use` with the changes about a moment and with what brings it among them, where they
  // repeat themselves.
  template <class Use>
  auto with_changes(int64_t utc, Use&& use) const;
  int64_t shift_of(int64_t utc) const;
  uint16_t number_of(std::string_view name);
  void extend(const TimeZoneRule& rule);

  int32_t first_east_ = 0;
  std::vector<Change> changes_;
  std::vector<std::string> names_;
  bool repeats_ = false;              // the last 400 years of `changes_`, for ever
  std::optional<TimeZoneRule> rule_;  // instead of `changes_`
};

inline const TimeZone& TimeZone::utc() {
  static const TimeZone zone;
  return zone;
}

inline TimeZone TimeZone::of(const TimeZoneRule& rule) {
  TimeZone zone;
  zone.first_east_ = rule.standard_east;
  if (!rule.has_summer) return zone;
  constexpr int kYears = 28;  // after which the days of the week come again
  std::array<Change, 2> unused;
  for (int year = 1970; year < 1970 + kYears && !zone.rule_; ++year) {
    if (changes_of(rule, year, unused) > 0) zone.rule_ = rule;
  }
  if (!zone.rule_) zone.first_east_ = rule.summer_east;
  return zone;
}

inline uint16_t TimeZone::number_of(std::string_view name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  const auto number = static_cast<uint16_t>(found - names_.begin());
  if (found == names_.end()) names_.emplace_back(name);
  return number;
}

inline size_t TimeZone::changes_of(const TimeZoneRule& rule, int year, std::span<Change, 2> to) {
  to[0] = {rule.summer_begins.of(year) - rule.standard_east, rule.summer_east, 0};
  to[1] = {rule.summer_ends.of(year) - rule.summer_east, rule.standard_east, 0};
  // tzparse of PostgreSQL's localtime.c.
  const int64_t whole_year = (365 + is_leap_year(year)) * kDay;
  const int64_t lasts = to[1].at - to[0].at;
  if (lasts == 0 || lasts >= whole_year + rule.summer_east - rule.standard_east) return 0;
  if (lasts < 0) std::swap(to[0], to[1]);
  return 2;
}

// The calendar repeats itself after 400 years.
inline void TimeZone::extend(const TimeZoneRule& rule) {
  constexpr int kYears = 402;
  const int64_t last = changes_.empty() ? INT64_MIN : changes_.back().at;
  const int64_t year_of_last = changes_.empty() ? 1970 : 1970 + last / (kDay * 365) - 1;
  const int first = static_cast<int>(std::clamp<int64_t>(year_of_last, 1800, 2200));
  const uint16_t standard = number_of(rule.standard_name), summer = number_of(rule.summer_name);
  std::array<Change, 2> of_year;
  for (int year = first; year < first + kYears; ++year) {
    const size_t count = changes_of(rule, year, of_year);
    for (Change& change : std::span(of_year).first(count)) {
      change.name = change.east == rule.summer_east ? summer : standard;
      if (change.at > last) changes_.push_back(change);
    }
  }
  repeats_ = !changes_.empty() && changes_.back().at != last;
  if (changes_.empty()) first_east_ = rule.summer_east;
}

inline int64_t TimeZone::shift_of(int64_t utc) const {
  if (!repeats_ || utc <= changes_.back().at) return 0;
  return -((utc - changes_.back().at - 1) / k400Years + 1) * k400Years;
}

template <class Use>
auto TimeZone::with_changes(int64_t utc, Use&& use) const {
  if (!rule_) return use(Changes(changes_), shift_of(utc));
  // A year has 365.2425 days; a change may be up to a week beyond its year.
  constexpr int kYearsAround = 5;
  std::array<Change, 2 * kYearsAround> around;
  size_t count = 0;
  constexpr int64_t kMostYears = 10'000'000;
  const auto year =
      static_cast<int>(1970 + std::clamp(utc / (k400Years / 400), -kMostYears, kMostYears));
  for (int i = 0; i < kYearsAround; ++i) {
    std::array<Change, 2> of_year;
    const size_t more = changes_of(*rule_, year - kYearsAround / 2 + i, of_year);
    std::copy_n(of_year.begin(), more, around.begin() + static_cast<ptrdiff_t>(count));
    count += more;
  }
  return use(Changes(around.data(), count), int64_t{0});
}

inline int32_t TimeZone::east_at(int64_t utc) const {
  return with_changes(utc, [&](Changes changes, int64_t moved) {
    const auto next = change_after(changes, utc + moved);
    return next == changes.begin() ? first_east_ : std::prev(next)->east;
  });
}

inline int64_t TimeZone::utc_of(int64_t local) const {
  // The change about which there may be a doubt comes after the day before.
  return with_changes(local - kDay, [&](Changes changes, int64_t moved) {
    const int64_t there = local + moved;
    const auto next = change_after(changes, there - kDay);
    const int32_t east_before = next == changes.begin() ? first_east_ : std::prev(next)->east;
    const int64_t before = there - east_before;
    if (next == changes.end()) return before - moved;
    const int64_t after = there - next->east;
    if (before < next->at && after < next->at) return before - moved;
    if (before > next->at && after >= next->at) return after - moved;
    return std::max(before, after) - moved;
  });
}

inline std::optional<int32_t> TimeZone::east_called(std::string_view abbreviation,
                                                    int64_t utc) const {
  const auto name = std::find(names_.begin(), names_.end(), abbreviation);
  if (name == names_.end()) return std::nullopt;
  const auto is_it = [&](const Change& change) { return change.name == name - names_.begin(); };
  const Changes changes(changes_);
  const auto next = change_after(changes, utc);
  const auto before = std::find_if(std::make_reverse_iterator(next),
                                   std::make_reverse_iterator(changes.begin()), is_it);
  if (before != std::make_reverse_iterator(changes.begin())) return before->east;
  const auto after = std::find_if(next, changes.end(), is_it);
  if (after == changes.end()) return std::nullopt;
  return after->east;
}

}  // namespace penstock

#include "penstock/time_zone_file.hpp"
