// Intervals of certain fields: interval hour to minute, interval(3), interval second(0).
#pragma once

#include <optional>

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// Which fields an interval has, as the grammar writes it: bits by number (INTERVAL_MASK of
// timestamp.h).
struct IntervalFields {
  static constexpr int32_t kMonth = 1 << 1, kYear = 1 << 2, kDay = 1 << 3, kHour = 1 << 10,
                           kMinute = 1 << 11, kSecond = 1 << 12, kAll = 0x7FFF;
  int32_t mask = kAll;

  // The last of them.
  int32_t last() const;
};

// What a number without a unit counts depends on the fields. Nothing: it has failed.
std::optional<Interval> read_interval(Run& run, Text text, IntervalFields fields);
// Without what is less than the last field; with so many digits behind the point of seconds.
inline constexpr int32_t kMostTimeDigits = 6;
Interval fit_interval(Run& run, Interval span, IntervalFields fields, int32_t digits);

}  // namespace sql
