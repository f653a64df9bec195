// AT TIME ZONE, and what else takes a zone by name.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "catalogue/catalogue.hpp"
#include "catalogue/time_units.hpp"
#include "values/time_zones.hpp"
#include "values/times.hpp"
#include "values/utf8.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

bool is_finite_time(int64_t us) { return us != kInfinity && us != kMinusInfinity; }

template <class T>
T moved(Run& run, int64_t us, Int128 seconds) {
  const Int128 result = us + seconds * kUsPerSecond;
  if (result >= kLeastTimestamp && result < kEndTimestamp) return {static_cast<int64_t>(result)};
  run.fail("22008", "timestamp out of range");
  return {};
}

Timestamp clock_in_zone(Run& run, Text name, Timestamptz moment) {
  if (!is_finite_time(moment.us)) return {moment.us};
  const Zone* const zone = zone_named(run, name);
  return zone ? moved<Timestamp>(run, moment.us, zone->east_at(moment.us)) : Timestamp{};
}
Timestamptz moment_in_zone(Run& run, Text name, Timestamp clock) {
  if (!is_finite_time(clock.us)) return {clock.us};
  const Zone* const zone = zone_named(run, name);
  return zone ? moved<Timestamptz>(run, clock.us, -zone->east_where(clock.us)) : Timestamptz{};
}

// timestamptz_izone and timestamp_izone, which take the lower 32 bits of the seconds: west of UTC
// for the one, east for the other.
std::optional<int64_t> east_of_interval(Run& run, Interval zone) {
  if (zone.months == 0 && zone.days == 0) return zone.us / kUsPerSecond;
  std::string text;
  append_text(text, zone);
  run.fail("22023", "interval time zone \"" + text + "\" must not include months or days");
  return std::nullopt;
}
Timestamp clock_at_interval(Run& run, Interval zone, Timestamptz moment) {
  if (!is_finite_time(moment.us)) return {moment.us};
  const auto east = east_of_interval(run, zone);
  return east ? moved<Timestamp>(run, moment.us, -Int128{static_cast<int32_t>(-*east)})
              : Timestamp{};
}
Timestamptz moment_at_interval(Run& run, Interval zone, Timestamp clock) {
  if (!is_finite_time(clock.us)) return {clock.us};
  const auto east = east_of_interval(run, zone);
  return east ? moved<Timestamptz>(run, clock.us, -Int128{static_cast<int32_t>(*east)})
              : Timestamptz{};
}

// timestamptz_trunc_zone.
Timestamptz truncate_in_zone(Run& run, Text unit, Timestamptz moment, Text name) {
  if (!is_finite_time(moment.us)) return moment;
  const Zone* const zone = zone_named(run, name);
  if (zone == nullptr) return moment;
  const int32_t east = zone->plain_east_at(moment.us);
  // Which may be beyond the range: it is moved back.
  const int64_t clock = moment.us + east * kUsPerSecond;
  const auto truncated = truncated_time(run, unit, clock, Base::kTimestamptz);
  if (!truncated) return moment;
  const bool has_other_offset = truncated->is_whole_days;
  return moved<Timestamptz>(run, truncated->us,
                            -(has_other_offset ? zone->plain_east_where(truncated->us) : east));
}

std::string shown_date(int32_t year, int32_t month, int32_t day) {
  char text[64];
  std::snprintf(text, sizeof(text), "%d-%02d-%02d", year, month, day);
  return text;
}
std::string shown_clock(int32_t hour, int32_t minute, double second) {
  char text[64];
  std::snprintf(text, sizeof(text), "%d:%02d:", hour, minute);
  std::string shown = text;
  if (!std::isfinite(second)) {
    append_text(shown, second);
    return shown;
  }
  std::snprintf(text, sizeof(text), "%02g", second);
  return shown + text;
}

// `shows_counted`: messages of make_date have the year as it is counted, 1 BC as 0.
std::optional<int64_t> made_days(Run& run, int32_t year, int32_t month, int32_t day,
                                 bool shows_counted) {
  // Year -1 is 1 BC, and there is none that is 0.
  const int64_t counted = year < 0 ? int64_t{year} + 1 : year;
  const bool is_date = year != 0 && year != INT32_MIN && month >= 1 && month <= 12 && day >= 1 &&
                       day <= days_of_month(counted, month);
  if (shows_counted && year != INT32_MIN) year = static_cast<int32_t>(counted);
  if (!is_date) {
    run.fail("22008", "date field value out of range: " + shown_date(year, month, day));
    return std::nullopt;
  }
  const int64_t days = days_of(counted, month, day);
  const bool is_julian = counted > -4713 || (counted == -4713 && month >= 11);
  if (is_julian && (counted < 5'874'898 || (counted == 5'874'898 && month < 6))) return days;
  run.fail("22008", "date out of range: " + shown_date(year, month, day));
  return std::nullopt;
}

// make_timestamp_internal of timestamp.c.
template <class T>
T make_moment(Run& run, int32_t year, int32_t month, int32_t day, int32_t hour, int32_t minute,
              double second) {
  const auto days = made_days(run, year, month, day, false);
  if (!days) return {};
  const double us = std::rint(second * 1'000'000);
  const bool is_clock = hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && us >= 0 &&
                        us <= static_cast<double>(kUsPerMinute);
  const int64_t clock =
      is_clock ? hour * kUsPerHour + minute * kUsPerMinute + static_cast<int64_t>(us) : 0;
  if (!is_clock || clock > kUsPerDay) {
    run.fail("22008", "time field value out of range: " + shown_clock(hour, minute, second));
    return {};
  }
  const Int128 result = Int128{*days} * kUsPerDay + clock;
  if (result >= kLeastTimestamp && result < kEndTimestamp) return {static_cast<int64_t>(result)};
  run.fail("22008", "timestamp out of range: " + shown_date(year, month, day) + " " +
                        shown_clock(hour, minute, second));
  return {};
}

Date make_date(Run& run, int32_t year, int32_t month, int32_t day) {
  const auto days = made_days(run, year, month, day, true);
  if (!days) return {};
  if (*days >= kLeastDate && *days < kEndDate) return {static_cast<int32_t>(*days)};
  run.fail("22008", "date out of range: " + shown_date(year, month, day));
  return {};
}

// parse_sane_timezone of timestamp.c.
std::optional<int32_t> east_of_made(Run& run, Text name, int64_t clock) {
  name = clipped(name, kMostBytesOfZoneName);
  const std::string shown = "\"" + std::string(name) + "\"";
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') {
    run.fail("22023", "invalid input syntax for type numeric time zone: " + shown);
    return std::nullopt;
  }
  int east = 0;
  switch (read_offset(name, east)) {
    case OffsetFault::kNone: return east;
    case OffsetFault::kRange:
      run.fail("22023", "numeric time zone " + shown + " out of range");
      return std::nullopt;
    case OffsetFault::kFormat: break;
  }
  const Zone* const zone = zone_named(run, name);
  if (zone == nullptr) return std::nullopt;
  return zone->east_where(clock);
}

Timestamptz make_moment_in_zone(Run& run, int32_t year, int32_t month, int32_t day, int32_t hour,
                                int32_t minute, double second, Text name) {
  const auto clock = make_moment<Timestamp>(run, year, month, day, hour, minute, second);
  const auto east = east_of_made(run, name, clock.us);
  return east ? moved<Timestamptz>(run, clock.us, -Int128{*east}) : Timestamptz{};
}

}  // namespace

void add_time_zones(Catalogue& to) {
  to.add_function<clock_in_zone>("timezone");
  to.add_function<moment_in_zone>("timezone");
  to.add_function<clock_at_interval>("timezone");
  to.add_function<moment_at_interval>("timezone");
  to.add_function<truncate_in_zone>("date_trunc");
  to.add_named<make_date>("make_date", {"year", "month", "day"});
  std::vector<std::string_view> names{"year", "month", "mday", "hour", "min", "sec"};
  to.add_named<make_moment<Timestamp>>("make_timestamp", names);
  to.add_named<make_moment<Timestamptz>>("make_timestamptz", names);
  names.emplace_back("timezone");
  to.add_named<make_moment_in_zone>("make_timestamptz", names);
}

}  // namespace sql
