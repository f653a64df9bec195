// Orders of times; see also time_text.hpp.
#pragma once

#include <compare>
#include <limits>
#include <optional>

#include "evaluation/run.hpp"
#include "values/calendar.hpp"
#include "values/values.hpp"

namespace sql {

// As a moment in UTC, the session's zone. A date beyond what a timestamp can hold is as far away as
// an infinite one, but for those (timestamp_cmp_timestamp and its siblings).
inline Int128 microseconds_of(int64_t us) {
  return us == kInfinity ? Int128{us} << 32 : Int128{us};
}
inline Int128 microseconds(Timestamp time) { return microseconds_of(time.us); }
inline Int128 microseconds(Timestamptz time) { return microseconds_of(time.us); }
inline Int128 microseconds(Date date) {
  // Infinity comes after all dates.
  if (date.days == kInfinityDays) return Int128{kInfinity} << 32;
  if (date.days == kMinusInfinityDays) return kMinusInfinity;
  return Int128{date.days} * kUsPerDay;
}

inline bool is_finite(Date date) {
  return date.days != kInfinityDays && date.days != kMinusInfinityDays;
}

// Midnight.
template <class T>
T moment_of_date(Run& run, Date date) {
  if (!is_finite(date)) return {date.days == kInfinityDays ? kInfinity : kMinusInfinity};
  const Int128 us = Int128{date.days} * kUsPerDay;
  if (us >= kEndTimestamp) {
    run.fail("22008", "date out of range for timestamp");
    return {};
  }
  return {static_cast<int64_t>(us)};
}
// To so many digits of a second, halves away from zero (AdjustTimestampForTypmod). Nothing: there
// are none for it.
inline std::optional<int64_t> rounded_us(int64_t us, int32_t digits) {
  constexpr int32_t kDigitsOfSecond = 6;
  int64_t step = 1, sum = 0;
  for (int32_t i = digits; i < kDigitsOfSecond; ++i) step *= 10;
  if (__builtin_add_overflow(us, us < 0 ? -(step / 2) : step / 2, &sum)) return std::nullopt;
  return sum - sum % step;
}

// A month has 30 days here, a day 24 hours (interval_cmp_value).
inline std::strong_ordering compare(const Interval& a, const Interval& b) {
  const auto value = [](const Interval& i) {
    return Int128{i.us} + (Int128{i.days} + Int128{i.months} * 30) * kUsPerDay;
  };
  return value(a) <=> value(b);
}

}  // namespace sql
