// Times of Arrow count from 1970, PostgreSQL's from 2000. Both have their greatest and their least
// number for infinity.
#pragma once

#include "values/calendar.hpp"
#include "values/values.hpp"

namespace sql {

inline constexpr int32_t kDaysTo2000 = 10'957;
inline constexpr int64_t kUsTo2000 = kDaysTo2000 * kUsPerDay;

// What is beyond the range is as good as infinite.
inline int64_t time_from_1970(int64_t time, int64_t unit) {
  int64_t us = 0;
  if (__builtin_mul_overflow(time, unit, &us) || us == kInfinity || us == kMinusInfinity ||
      __builtin_sub_overflow(us, kUsTo2000, &us))
    return time > 0 ? kInfinity : kMinusInfinity;
  return us;
}
inline int64_t time_to_1970(int64_t us) {
  if (us == kInfinity || us == kMinusInfinity) return us;
  int64_t time = 0;
  return __builtin_add_overflow(us, kUsTo2000, &time) ? kInfinity - 1 : time;
}

inline Date date_from_1970(int32_t day) {
  if (day == kInfinityDays || day == kMinusInfinityDays) return {day};
  int32_t days = 0;
  return {__builtin_sub_overflow(day, kDaysTo2000, &days) ? kMinusInfinityDays : days};
}
inline int32_t date_to_1970(Date date) {
  if (date.days == kInfinityDays || date.days == kMinusInfinityDays) return date.days;
  return date.days + kDaysTo2000;  // the last date of all is the 2,147,483,493th
}

}  // namespace sql
