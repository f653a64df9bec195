// Operators and functions of dates, timestamps and intervals. The session's zone is UTC, so that a
// moment and what a clock shows are the same number.
#include <cmath>
#include <cstdio>

#include "catalogue/catalogue.hpp"
#include "values/moment.hpp"
#include "values/numeric_math.hpp"
#include "values/time_fields.hpp"
#include "values/times.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

template <class T>
constexpr bool kIsMoment = std::is_same_v<T, Timestamp> || std::is_same_v<T, Timestamptz>;

bool is_finite(int64_t us) { return us != kInfinity && us != kMinusInfinity; }

template <class T>
T out_of_range(Run& run, const char* what) {
  run.fail("22008", std::string(what) + " out of range");
  return {};
}

template <class T>
T checked_moment(Run& run, Int128 us) {
  if (us < kLeastTimestamp || us >= kEndTimestamp) return out_of_range<T>(run, "timestamp");
  return {static_cast<int64_t>(us)};
}

// timestamp_pl_interval: first the months, then the days, then the time. `sign`: 1, or -1 to
// subtract.
template <class T>
T shifted(Run& run, T moment, Interval span, int sign) {
  if (!is_finite(moment.us)) return moment;
  Int128 us = moment.us;
  if (span.months != 0) {
    const int64_t days = floor_divide(moment.us, kUsPerDay);
    const Civil date = civil_of(days);
    const int64_t months = date.year * 12 + date.month - 1 + int64_t{span.months} * sign;
    const int64_t year = floor_divide(months, 12);
    const int month = static_cast<int>(months - year * 12) + 1;
    const int day = std::min(date.day, days_of_month(year, month));
    us += Int128{days_of(year, month, day) - days} * kUsPerDay;
  }
  if (us < kLeastTimestamp || us >= kEndTimestamp) return out_of_range<T>(run, "timestamp");
  us += Int128{span.days} * sign * kUsPerDay;
  if (us < kLeastTimestamp || us >= kEndTimestamp) return out_of_range<T>(run, "timestamp");
  return checked_moment<T>(run, us + Int128{span.us} * sign);
}
template <class T>
T plus_interval(Run& run, T moment, Interval span) {
  return shifted(run, moment, span, 1);
}

Interval negate_interval(Run& run, Interval a) {
  if (a.us == INT64_MIN || a.days == INT32_MIN || a.months == INT32_MIN)
    return out_of_range<Interval>(run, "interval");
  return {-a.us, -a.days, -a.months};
}
template <class T>
T minus_interval(Run& run, T moment, Interval span) {
  return shifted(run, moment, span, -1);
}
template <class T>
T interval_plus(Run& run, Interval span, T moment) {
  return plus_interval(run, moment, span);
}

// Of hours, whole days are days (interval_justify_hours).
template <class T>
Interval difference(Run& run, T a, T b) {
  if (!is_finite(a.us) || !is_finite(b.us)) {
    run.fail("22008", "cannot subtract infinite timestamps");
    return {};
  }
  int64_t us = 0;
  if (__builtin_sub_overflow(a.us, b.us, &us)) return out_of_range<Interval>(run, "interval");
  return {us % kUsPerDay, static_cast<int32_t>(us / kUsPerDay), 0};
}

template <class T>
Date date_of_moment(T moment) {
  if (!is_finite(moment.us)) return {moment.us == kInfinity ? kInfinityDays : kMinusInfinityDays};
  return {static_cast<int32_t>(floor_divide(moment.us, kUsPerDay))};
}
template <class From, class To>
To same_clock(From moment) {
  return {moment.us};
}

Date checked_date(Run& run, int64_t days) {
  if (days < kLeastDate || days >= kEndDate) return out_of_range<Date>(run, "date");
  return {static_cast<int32_t>(days)};
}
Date date_plus_days(Run& run, Date date, int32_t days) {
  return is_finite(date) ? checked_date(run, int64_t{date.days} + days) : date;
}
Date days_plus_date(Run& run, int32_t days, Date date) { return date_plus_days(run, date, days); }
Date date_minus_days(Run& run, Date date, int32_t days) {
  return is_finite(date) ? checked_date(run, int64_t{date.days} - days) : date;
}
int32_t days_between(Run& run, Date a, Date b) {
  if (is_finite(a) && is_finite(b)) return a.days - b.days;
  run.fail("22008", "cannot subtract infinite dates");
  return 0;
}
Timestamp date_plus_interval(Run& run, Date date, Interval span) {
  const auto moment = moment_of_date<Timestamp>(run, date);
  return plus_interval(run, moment, span);
}
Timestamp interval_plus_date(Run& run, Interval span, Date date) {
  return date_plus_interval(run, date, span);
}
Timestamp date_minus_interval(Run& run, Date date, Interval span) {
  return minus_interval(run, moment_of_date<Timestamp>(run, date), span);
}

Interval add_intervals(Run& run, Interval a, Interval b) {
  Interval sum{};
  if (__builtin_add_overflow(a.us, b.us, &sum.us) ||
      __builtin_add_overflow(a.days, b.days, &sum.days) ||
      __builtin_add_overflow(a.months, b.months, &sum.months)) {
    return out_of_range<Interval>(run, "interval");
  }
  return sum;
}
Interval subtract_intervals(Run& run, Interval a, Interval b) {
  Interval left{};
  if (__builtin_sub_overflow(a.us, b.us, &left.us) ||
      __builtin_sub_overflow(a.days, b.days, &left.days) ||
      __builtin_sub_overflow(a.months, b.months, &left.months)) {
    return out_of_range<Interval>(run, "interval");
  }
  return left;
}

bool is_int32(double value) { return value >= INT32_MIN && value <= INT32_MAX; }
// As TSROUND of timestamp.h does it.
double round_to_us(double days) { return std::rint(days * 1'000'000.0) / 1'000'000.0; }

// interval_mul and interval_div: what is left of a month goes on as days of 30, of a day as time.
Interval scaled(Run& run, double months, double days, double us) {
  if (std::isnan(months) || !is_int32(months) || std::isnan(days) || !is_int32(days)) {
    return out_of_range<Interval>(run, "interval");
  }
  Interval result{0, static_cast<int32_t>(days), static_cast<int32_t>(months)};
  const double of_month = round_to_us((months - result.months) * 30);
  double seconds = (days - result.days + of_month - std::trunc(of_month)) * 86'400;
  seconds = round_to_us(seconds);
  if (std::fabs(seconds) >= 86'400) {
    const int whole = static_cast<int>(seconds / 86'400);
    if (__builtin_add_overflow(result.days, whole, &result.days))
      return out_of_range<Interval>(run, "interval");
    seconds -= whole * 86'400.0;
  }
  if (__builtin_add_overflow(result.days, static_cast<int32_t>(of_month), &result.days)) {
    return out_of_range<Interval>(run, "interval");
  }
  const double all = std::rint(us + seconds * 1'000'000);
  if (std::isnan(all) || !(all >= -9223372036854775808.0 && all < 9223372036854775808.0)) {
    return out_of_range<Interval>(run, "interval");
  }
  result.us = static_cast<int64_t>(all);
  return result;
}
Interval interval_times(Run& run, Interval span, double factor) {
  return scaled(run, span.months * factor, span.days * factor,
                static_cast<double>(span.us) * factor);
}
Interval times_interval(Run& run, double factor, Interval span) {
  return interval_times(run, span, factor);
}
Interval interval_divided(Run& run, Interval span, double by) {
  if (by == 0) {
    run.fail("22012", "division by zero");
    return {};
  }
  return scaled(run, span.months / by, span.days / by, static_cast<double>(span.us) / by);
}

}  // namespace

Timestamptz moment_of_seconds(Run& run, double seconds) {
  if (std::isnan(seconds)) {
    run.fail("22008", "timestamp cannot be NaN");
    return {};
  }
  if (std::isinf(seconds)) return {seconds > 0 ? kInfinity : kMinusInfinity};
  constexpr double kLeast = static_cast<double>(kLeastDate + 10'957) * 86'400;
  constexpr int64_t kEndSeconds = kEndTimestamp / kUsPerSecond;
  constexpr double kMost = static_cast<double>(kEndSeconds) + 10'957.0 * 86'400;
  const auto fail = [&] {
    char text[32];
    std::snprintf(text, sizeof(text), "%g", seconds);
    run.fail("22008", std::string("timestamp out of range: \"") + text + "\"");
    return Timestamptz{};
  };
  if (seconds < kLeast || seconds >= kMost) return fail();
  const double us = std::rint((seconds - 10'957.0 * 86'400) * 1'000'000);
  if (!is_timestamp(static_cast<int64_t>(us))) return fail();
  return {static_cast<int64_t>(us)};
}

namespace {

Interval make_interval(Run& run, int32_t years, int32_t months, int32_t weeks, int32_t days,
                       int32_t hours, int32_t minutes, double seconds) {
  if (!std::isfinite(seconds)) return out_of_range<Interval>(run, "interval");
  const int64_t all_months = int64_t{years} * 12 + months;
  const int64_t all_days = int64_t{weeks} * 7 + days;
  const double us = std::rint(seconds * 1'000'000);
  const Int128 all = Int128{hours} * kUsPerHour + Int128{minutes} * kUsPerMinute;
  if (all_months > INT32_MAX || all_months < INT32_MIN || all_days > INT32_MAX ||
      all_days < INT32_MIN || std::fabs(us) > 9e18) {
    return out_of_range<Interval>(run, "interval");
  }
  return {static_cast<int64_t>(all + static_cast<Int128>(us)), static_cast<int32_t>(all_days),
          static_cast<int32_t>(all_months)};
}

template <class T>
void add_moment(Catalogue& to) {
  to.add_operator<plus_interval<T>>("+");
  to.add_commuted<interval_plus<T>>("+");
  to.add_operator<minus_interval<T>>("-");
  to.add_operator<difference<T>>("-");
  to.add_cast<moment_of_date<T>>();
  to.add_cast<date_of_moment<T>>();
}

}  // namespace

void add_times(Catalogue& to) {
  add_moment<Timestamp>(to);
  add_moment<Timestamptz>(to);
  to.add_cast<same_clock<Timestamp, Timestamptz>>();
  to.add_cast<same_clock<Timestamptz, Timestamp>>();
  to.add_operator<date_plus_days>("+");
  to.add_commuted<days_plus_date>("+");
  to.add_operator<date_minus_days>("-");
  to.add_operator<days_between>("-");
  to.add_operator<date_plus_interval>("+");
  to.add_commuted<interval_plus_date>("+");
  to.add_operator<date_minus_interval>("-");
  to.add_operator<add_intervals>("+");
  to.add_operator<subtract_intervals>("-");
  to.add_operator<negate_interval>("-");
  to.add_operator<interval_times>("*");
  to.add_operator<times_interval>("*");
  to.add_operator<interval_divided>("/");
  to.add_function<moment_of_seconds>("to_timestamp");
  to.add_named<make_interval>("make_interval",
                              {"years", "months", "weeks", "days", "hours", "mins", "secs"}, true);
}

}  // namespace sql
