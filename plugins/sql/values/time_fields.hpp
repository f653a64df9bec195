// The fields of the text of a time, as ParseDateTime of PostgreSQL's datetime.c takes it apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sql {

struct TimeField {
  enum Kind { kNumber, kString, kDate, kTime, kZone, kSpecial } kind;
  std::string text;  // letters are lower case
};

// Nothing: the text is none. `most_bytes` is what all fields may have, each with a byte behind it.
std::optional<std::vector<TimeField>> time_fields(std::string_view text, size_t most_bytes);

// What a word means (datetktbl and deltatktbl).
struct TimeWord {
  enum Meaning {
    kUnknown,
    kIgnored,
    kInfinite,
    kMinusInfinite,
    kEpoch,
    kVolatile,  // now, today, tomorrow, yesterday
    kMidnight,  // allballs
    kMonth,
    kWeekday,
    kHalfDay,  // value 0: am, 1: pm
    kEra,      // value 0: ad, 1: bc
    kUnit,     // value: TimeUnit
    kTime,     // t, before a time
    kSummer,   // dst
    kAgo,      // of intervals
  } meaning = kUnknown;
  int value = 0;
};
enum class TimeUnit {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  kJulian,
  kZone,
  // Of extract and date_part.
  kWeekday,
  kIsoWeekday,
  kDayOfYear,
  kIsoYear,
  kEpoch,
  kZoneHour,
  kZoneMinute,
};

TimeWord word_of_time(std::string_view word);
TimeWord word_of_interval(std::string_view word);

}  // namespace sql
