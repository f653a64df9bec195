// date_bin, and time_bucket as TimescaleDB has it (packaging/sql/functions.sql says the same).
#include "catalogue/catalogue.hpp"
#include "values/time_zones.hpp"
#include "values/times.hpp"

namespace sql {
namespace {

constexpr int64_t kMondayOrigin = 2 * kUsPerDay;  // 2000-01-03

bool is_finite_moment(int64_t us) { return us != kInfinity && us != kMinusInfinity; }

int64_t fail_bucket(Run& run, const char* state, const char* message) {
  run.fail(state, message);
  return 0;
}

// timestamp_bin of timestamp.c.
int64_t bin(Run& run, Interval stride, int64_t us, int64_t origin) {
  if (!is_finite_moment(us)) return us;
  if (!is_finite_moment(origin)) return fail_bucket(run, "22008", "origin out of range");
  if (stride.months != 0) {
    return fail_bucket(run, "0A000",
                       "timestamps cannot be binned into intervals containing months or years");
  }
  int64_t width = 0, since = 0;
  if (__builtin_mul_overflow(int64_t{stride.days}, kUsPerDay, &width) ||
      __builtin_add_overflow(width, stride.us, &width)) {
    return fail_bucket(run, "22008", "interval out of range");
  }
  if (width <= 0) return fail_bucket(run, "22008", "stride must be greater than zero");
  if (__builtin_sub_overflow(us, origin, &since))
    return fail_bucket(run, "22008", "interval out of range");
  const Int128 begin = origin + Int128{floor_divide(since, width)} * width;
  if (begin < kLeastTimestamp) return fail_bucket(run, "22008", "timestamp out of range");
  return static_cast<int64_t>(begin);
}

template <class T>
T date_bin(Run& run, Interval stride, T moment, T origin) {
  return {bin(run, stride, moment.us, origin.us)};
}

// Months since the year 0.
int64_t month_of(int64_t us) {
  const Civil date = civil_of(floor_divide(us, kUsPerDay));
  return date.year * 12 + date.month - 1;
}

int64_t bucket_of_months(Run& run, int32_t width, int64_t us, int64_t origin) {
  const int64_t first = month_of(origin);
  const int64_t month = first + floor_divide(month_of(us) - first, width) * width;
  const int64_t year = floor_divide(month, 12);
  const Int128 begin =
      Int128{days_of(year, static_cast<int>(month - year * 12) + 1, 1)} * kUsPerDay;
  if (begin < kLeastTimestamp) return fail_bucket(run, "22008", "timestamp out of range");
  return static_cast<int64_t>(begin);
}

int64_t bucket(Run& run, Interval width, int64_t us, int64_t origin) {
  if (!is_finite_moment(us)) return us;
  if (width.months != 0 && (width.days != 0 || width.us != 0)) {
    return fail_bucket(run, "0A000", "month intervals cannot have day or time component");
  }
  const Int128 length = Int128{width.days} * kUsPerDay + width.us;
  if (width.months < 0 || (width.months == 0 && length <= 0))
    return fail_bucket(run, "22023", "period must be greater than 0");
  if (!is_finite_moment(origin)) return fail_bucket(run, "22008", "timestamp out of range");
  if (width.months != 0) return bucket_of_months(run, width.months, us, origin);
  Int128 begins = (Int128{us} - origin) % length;
  if (begins < 0) begins += length;
  if (us - begins < kLeastTimestamp) return fail_bucket(run, "22008", "timestamp out of range");
  return static_cast<int64_t>(us - begins);
}

template <class T>
T time_bucket_from(Run& run, Interval width, T moment, T origin) {
  return {bucket(run, width, moment.us, origin.us)};
}
template <class T>
T time_bucket(Run& run, Interval width, T moment) {
  return {bucket(run, width, moment.us, kMondayOrigin)};
}

// By what clocks of a zone show.
Timestamptz time_bucket_in_zone(Run& run, Interval width, Timestamptz moment, Text name) {
  if (!is_finite_moment(moment.us)) return moment;
  const Zone* const zone = zone_named(run, name);
  if (zone == nullptr) return moment;
  const int64_t clock = moment.us + zone->east_at(moment.us) * kUsPerSecond;
  if (!is_timestamp(clock)) return {fail_bucket(run, "22008", "timestamp out of range")};
  const int64_t begin = bucket(run, width, clock, kMondayOrigin);
  const int64_t result = begin - zone->east_where(begin) * kUsPerSecond;
  if (!is_timestamp(result)) return {fail_bucket(run, "22008", "timestamp out of range")};
  return {result};
}

Date time_bucket_of_date_from(Run& run, Interval width, Date date, Date origin) {
  if (!is_finite(date)) return date;
  if (width.months == 0) {
    const Int128 length = Int128{width.days} * kUsPerDay + width.us;
    const char* const fault = length < kUsPerDay        ? "interval must not have sub-day precision"
                              : length % kUsPerDay != 0 ? "interval must be a multiple of a day"
                                                        : nullptr;
    if (fault) {
      run.fail("0A000", fault);
      return {};
    }
  }
  const auto moment = moment_of_date<Timestamp>(run, date);
  const auto from = moment_of_date<Timestamp>(run, origin);
  const int64_t begin = bucket(run, width, moment.us, from.us);
  return {static_cast<int32_t>(floor_divide(begin, kUsPerDay))};
}
Date time_bucket_of_date(Run& run, Interval width, Date date) {
  return time_bucket_of_date_from(run, width, date, {kMondayOrigin / kUsPerDay});
}

}  // namespace

void add_time_buckets(Catalogue& to) {
  to.add_function<date_bin<Timestamp>>("date_bin");
  to.add_function<date_bin<Timestamptz>>("date_bin");
  const std::vector<std::string_view> names{"bucket_width", "ts"},
      with_origin{"bucket_width", "ts", "origin"}, with_zone{"bucket_width", "ts", "timezone"};
  to.add_named<time_bucket<Timestamp>>("time_bucket", names);
  to.add_named<time_bucket<Timestamptz>>("time_bucket", names);
  to.add_named<time_bucket_of_date>("time_bucket", names);
  to.add_named<time_bucket_from<Timestamp>>("time_bucket", with_origin);
  to.add_named<time_bucket_from<Timestamptz>>("time_bucket", with_origin);
  to.add_named<time_bucket_of_date_from>("time_bucket", with_origin);
  to.add_named<time_bucket_in_zone>("time_bucket", with_zone);
}

}  // namespace sql
