// Days and dates of the Gregorian calendar, which goes back for ever. Year 0 is 1 BC.
#pragma once

#include <cstdint>

namespace sql {

struct Civil {
  int64_t year;
  int month, day;  // from 1 on
};

inline constexpr int64_t kUsPerSecond = 1'000'000;
inline constexpr int64_t kUsPerMinute = 60 * kUsPerSecond;
inline constexpr int64_t kUsPerHour = 60 * kUsPerMinute;
inline constexpr int64_t kUsPerDay = 24 * kUsPerHour;

// Days since 2000-01-01. Counted from March 1st, so that a leap day ends a year; 400 years have
// 146,097 days.
constexpr int64_t days_of(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t of_era = year - era * 400;
  const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 730'425;
}

constexpr Civil civil_of(int64_t days) {
  days += 730'425;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t of_era = days - era * 146'097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t shifted = (5 * of_year + 2) / 153;
  const int day = static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1);
  const int month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return {year + era * 400 + (month <= 2), month, day};
}
static_assert(days_of(2000, 1, 1) == 0 && days_of(1999, 12, 31) == -1 &&
              days_of(1970, 1, 1) == -10'957);

constexpr bool is_leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
constexpr int days_of_month(int64_t year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Monday is 1, Sunday 7.
constexpr int weekday_of(int64_t days) { return static_cast<int>(((days + 5) % 7 + 7) % 7) + 1; }
static_assert(weekday_of(0) == 6);

constexpr int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by != 0 && (value < 0) != (by < 0));
}

// timestamp.h: MIN_TIMESTAMP, END_TIMESTAMP; date.h.
inline constexpr int64_t kLeastTimestamp = -211'813'488'000'000'000;
inline constexpr int64_t kEndTimestamp = 9'223'371'331'200'000'000;
inline constexpr int64_t kLeastDate = -2'451'545;
inline constexpr int64_t kEndDate = 2'145'031'949;

constexpr bool is_timestamp(int64_t us) { return us >= kLeastTimestamp && us < kEndTimestamp; }

}  // namespace sql
