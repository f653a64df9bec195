#include "values/intervals.hpp"

#include "values/times.hpp"

namespace sql {

int32_t IntervalFields::last() const {
  for (const int32_t field : {kSecond, kMinute, kHour, kDay, kMonth, kYear}) {
    if (mask & field) return field;
  }
  return kSecond;
}

// AdjustIntervalForTypmod of timestamp.c.
Interval fit_interval(Run& run, Interval span, IntervalFields fields, int32_t digits) {
  switch (fields.last()) {
    case IntervalFields::kYear: return {0, 0, span.months / 12 * 12};
    case IntervalFields::kMonth: return {0, 0, span.months};
    case IntervalFields::kDay: return {0, span.days, span.months};
    case IntervalFields::kHour: span.us -= span.us % kUsPerHour; break;
    case IntervalFields::kMinute: span.us -= span.us % kUsPerMinute; break;
    default: break;
  }
  const auto us = rounded_us(span.us, digits);
  if (us) return {*us, span.days, span.months};
  run.fail("22008", "interval out of range");
  return {};
}

}  // namespace sql
