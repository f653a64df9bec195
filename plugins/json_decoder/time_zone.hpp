// The rules of a time zone, from the machine's tz database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace json_decoder {

// A zone that changes twice a year for ever, as POSIX TZ writes it: CET-1CEST,M3.5.0,M10.5.0/3.
// https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html, and RFC 8536 §3.3.1.
struct TimeZoneRule {
  struct Day {
    enum Kind { kMonthWeekDay, kJulian, kDayOfYear } kind = kMonthWeekDay;
    int month = 0, week = 0, day = 0;  // as they stand there
    int64_t seconds = 7200;            // of local time, from midnight on
  };
  int32_t standard_east = 0;  // seconds
  bool has_summer = false;
  int32_t summer_east = 0;
  Day summer_begins, summer_ends;

  static std::optional<TimeZoneRule> parse(std::string_view text);
};

class TimeZone {
 public:
  // "Europe/Berlin". Nothing when there is no such zone; `why` says so.
  static std::optional<TimeZone> load(const std::string& name, std::string& why);
  // A TZif file's bytes (RFC 8536).
  static std::optional<TimeZone> parse(std::string_view file);
  static const TimeZone& utc();

  // What a clock there shows, in seconds since 1970 as if it were UTC, as seconds since 1970. A
  // time that a change of the clocks leaves out or repeats is what PostgreSQL makes of it
  // (DetermineTimeZoneOffset in src/backend/utils/adt/datetime.c): of the offsets before and after,
  // the one that is further west.
  int64_t utc_of(int64_t local) const;

 private:
  struct Change {
    int64_t at;    // UTC
    int32_t east;  // from then on
  };
  void extend(const TimeZoneRule& rule);

  int32_t first_east_ = 0;
  std::vector<Change> changes_;
  bool repeats_ = false;  // the last 400 years of `changes_`, for ever
};

}  // namespace json_decoder
