// The rules of a time zone, from the machine's tz database or as POSIX TZ writes them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
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
  using Place = std::vector<Change>::const_iterator;
  // The first change after a moment.
  Place change_after(int64_t utc) const {
    return std::upper_bound(changes_.begin(), changes_.end(), utc,
                            [](int64_t time, const Change& change) { return time < change.at; });
  }
  // What brings a moment among the changes that are known, where they repeat themselves.
  int64_t shift_of(int64_t utc) const;
  uint16_t number_of(std::string_view name);
  void extend(const TimeZoneRule& rule);

  int32_t first_east_ = 0;
  std::vector<Change> changes_;
  std::vector<std::string> names_;
  bool repeats_ = false;          // the last 400 years of `changes_`, for ever
  bool has_always_been_ = false;  // and the first 400, since ever
};

inline const TimeZone& TimeZone::utc() {
  static const TimeZone zone;
  return zone;
}

inline TimeZone TimeZone::of(const TimeZoneRule& rule) {
  TimeZone zone;
  zone.first_east_ = rule.standard_east;
  if (rule.has_summer) zone.extend(rule);
  zone.has_always_been_ = zone.repeats_;
  return zone;
}

inline uint16_t TimeZone::number_of(std::string_view name) {
  const auto found = std::find(names_.begin(), names_.end(), name);
  const auto number = static_cast<uint16_t>(found - names_.begin());
  if (found == names_.end()) names_.emplace_back(name);
  return number;
}

// The calendar repeats itself after 400 years.
inline void TimeZone::extend(const TimeZoneRule& rule) {
  constexpr int kYears = 402;
  const int64_t last = changes_.empty() ? INT64_MIN : changes_.back().at;
  const int64_t year_of_last = changes_.empty() ? 1970 : 1970 + last / (kDay * 365) - 1;
  const int first = static_cast<int>(std::clamp<int64_t>(year_of_last, 1800, 2200));
  const uint16_t standard = number_of(rule.standard_name), summer = number_of(rule.summer_name);
  for (int year = first; year < first + kYears; ++year) {
    Change begin{rule.summer_begins.of(year) - rule.standard_east, rule.summer_east, summer};
    Change end{rule.summer_ends.of(year) - rule.summer_east, rule.standard_east, standard};
    const int64_t whole_year = (365 + is_leap_year(year)) * kDay;
    // Summer that lasts all the year (tzparse of PostgreSQL's localtime.c).
    const int64_t lasts = end.at - begin.at;
    if (lasts == 0 || lasts >= whole_year + rule.summer_east - rule.standard_east) continue;
    if (lasts < 0) std::swap(begin, end);
    for (const Change& change : {begin, end}) {
      if (change.at > last) changes_.push_back(change);
    }
  }
  repeats_ = !changes_.empty() && changes_.back().at != last;
  if (!changes_.empty()) return;
  first_east_ = rule.summer_east;
}

inline int64_t TimeZone::shift_of(int64_t utc) const {
  if (repeats_ && utc > changes_.back().at) {
    return -((utc - changes_.back().at - 1) / k400Years + 1) * k400Years;
  }
  if (has_always_been_ && utc < changes_.front().at) {
    return ((changes_.front().at - utc - 1) / k400Years + 1) * k400Years;
  }
  return 0;
}

inline int32_t TimeZone::east_at(int64_t utc) const {
  const Place next = change_after(utc + shift_of(utc));
  return next == changes_.begin() ? first_east_ : std::prev(next)->east;
}

inline int64_t TimeZone::utc_of(int64_t local) const {
  if (changes_.empty()) return local - first_east_;
  // The change about which there may be a doubt comes after the day before.
  const int64_t moved = shift_of(local - kDay);
  local += moved;
  const Place next = change_after(local - kDay);
  const int32_t east_before = next == changes_.begin() ? first_east_ : std::prev(next)->east;
  const int64_t before = local - east_before;
  if (next == changes_.end()) return before - moved;
  const int64_t after = local - next->east;
  if (before < next->at && after < next->at) return before - moved;
  if (before > next->at && after >= next->at) return after - moved;
  return std::max(before, after) - moved;
}

inline std::optional<int32_t> TimeZone::east_called(std::string_view abbreviation,
                                                    int64_t utc) const {
  const auto name = std::find(names_.begin(), names_.end(), abbreviation);
  if (name == names_.end()) return std::nullopt;
  const auto is_it = [&](const Change& change) { return change.name == name - names_.begin(); };
  const Place next = change_after(utc);
  const auto before = std::find_if(std::make_reverse_iterator(next),
                                   std::make_reverse_iterator(changes_.begin()), is_it);
  if (before != std::make_reverse_iterator(changes_.begin())) return before->east;
  const Place after = std::find_if(next, changes_.end(), is_it);
  if (after == changes_.end()) return std::nullopt;
  return after->east;
}

}  // namespace penstock

#include "penstock/time_zone_file.hpp"
