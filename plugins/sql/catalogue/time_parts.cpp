// extract and date_part.
#include <cmath>

#include "catalogue/catalogue.hpp"
#include "catalogue/time_units.hpp"
#include "values/numeric_math.hpp"
#include "values/time_fields.hpp"
#include "values/times.hpp"

namespace sql {
namespace {

// Units of both tables (DecodeUnits, then DecodeSpecial).
std::optional<TimeUnit> unit_of(Text text) {
  const std::string word = unit_word(text);
  TimeWord meaning = word_of_interval(word);
  if (meaning.meaning != TimeWord::kUnit) meaning = word_of_time(word);
  if (meaning.meaning == TimeWord::kEpoch) return TimeUnit::kEpoch;
  if (meaning.meaning != TimeWord::kUnit) return std::nullopt;
  return static_cast<TimeUnit>(meaning.value);
}

template <class T>
void fail_unit(Run& run, Text unit) {
  const TimeWord::Meaning word = word_of_time(unit_word(unit)).meaning;
  // interval_part_common knows none of them.
  const bool is_reserved =
      !std::is_same_v<T, Interval> && word >= TimeWord::kInfinite && word <= TimeWord::kMidnight;
  const bool is_known = is_reserved || unit_of(unit).has_value();
  run.fail(is_known ? "0A000" : "22023",
           "unit \"" + unit_word(unit) +
               (is_known ? "\" not supported for type " : "\" not recognized for type ") +
               name_of(BaseOf<T>::value));
}

// Of 1,000,000ths, without zeros that the unit does not call for.
Numeric of_us(Int128 us, int digits) { return Numeric::of(us, static_cast<uint16_t>(digits)); }
Numeric whole(Int128 value) { return Numeric::of(value); }

int64_t iso_week_begin(int64_t year) {
  // The week of January 4th is the first.
  const int64_t fourth = days_of(year, 1, 4);
  return fourth - (weekday_of(fourth) - 1);
}
int64_t iso_year(int64_t days) {
  const int64_t year = civil_of(days).year;
  if (days < iso_week_begin(year)) return year - 1;
  return days >= iso_week_begin(year + 1) ? year + 1 : year;
}

// Years are counted from 1, and back from -1.
int64_t shown_year(int64_t year) { return year > 0 ? year : year - 1; }
int64_t century_of(int64_t year) {
  return year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100);
}
int64_t millennium_of(int64_t year) {
  return year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000);
}
int64_t decade_of(int64_t year) { return year >= 0 ? year / 10 : -((8 - (year - 1)) / 10); }

std::optional<Numeric> part_of_day(TimeUnit unit, int64_t us) {
  switch (unit) {
    case TimeUnit::kMicrosecond: return whole(us % kUsPerMinute);
    case TimeUnit::kMillisecond: return of_us(us % kUsPerMinute, 3);
    case TimeUnit::kSecond: return of_us(us % kUsPerMinute, 6);
    case TimeUnit::kMinute: return whole(us / kUsPerMinute % 60);
    case TimeUnit::kHour: return whole(us / kUsPerHour);
    default: return std::nullopt;
  }
}

std::optional<Numeric> part_of_date(TimeUnit unit, int64_t days) {
  const Civil date = civil_of(days);
  switch (unit) {
    case TimeUnit::kDay: return whole(date.day);
    case TimeUnit::kWeek: return whole((days - iso_week_begin(iso_year(days))) / 7 + 1);
    case TimeUnit::kMonth: return whole(date.month);
    case TimeUnit::kQuarter: return whole((date.month - 1) / 3 + 1);
    case TimeUnit::kYear: return whole(shown_year(date.year));
    case TimeUnit::kIsoYear: return whole(shown_year(iso_year(days)));
    case TimeUnit::kDecade: return whole(decade_of(date.year));
    case TimeUnit::kCentury: return whole(century_of(date.year));
    case TimeUnit::kMillennium: return whole(millennium_of(date.year));
    case TimeUnit::kWeekday: return whole(weekday_of(days) % 7);
    case TimeUnit::kIsoWeekday: return whole(weekday_of(days));
    case TimeUnit::kDayOfYear: return whole(days - days_of(date.year, 1, 1) + 1);
    default: return std::nullopt;
  }
}

// Of a time that is infinite, what grows for ever is so, too; the rest is NULL.
bool grows(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kYear:
    case TimeUnit::kDecade:
    case TimeUnit::kCentury:
    case TimeUnit::kMillennium:
    case TimeUnit::kJulian:
    case TimeUnit::kIsoYear:
    case TimeUnit::kEpoch: return true;
    default: return false;
  }
}

template <class T>
std::optional<Numeric> extract_moment(Run& run, Text name, T moment) {
  const auto unit = unit_of(name);
  const bool is_zone =
      unit == TimeUnit::kZone || unit == TimeUnit::kZoneHour || unit == TimeUnit::kZoneMinute;
  const auto fail = [&]() -> std::optional<Numeric> {
    fail_unit<T>(run, name);
    return std::nullopt;
  };
  if (!unit) return fail();
  if (moment.us == kInfinity || moment.us == kMinusInfinity) {
    if (!grows(*unit)) return std::nullopt;
    return Numeric::special(moment.us > 0 ? Numeric::kInfinity : Numeric::kMinusInfinity);
  }
  if (is_zone && std::is_same_v<T, Timestamp>) return fail();
  if (is_zone) return whole(0);
  const int64_t days = floor_divide(moment.us, kUsPerDay);
  const int64_t of_day = moment.us - days * kUsPerDay;
  if (*unit == TimeUnit::kEpoch) {
    const Int128 us = Int128{moment.us} + Int128{10'957} * kUsPerDay;
    if (us <= INT64_MAX) return of_us(us, 6);
    // What 64 bits don't hold is divided as numeric, with fewer digits (timestamp_part_common).
    return round(run, divide(run, whole(us), whole(kUsPerSecond)), 6, Rounding::kHalfAwayFromZero);
  }
  if (*unit == TimeUnit::kJulian) {
    const Numeric fraction = divide(run, whole(of_day), whole(kUsPerDay));
    return add(run, whole(days - kLeastDate), fraction);
  }
  if (const auto part = part_of_day(*unit, of_day)) return part;
  if (const auto part = part_of_date(*unit, days)) return part;
  return fail();
}

std::optional<Numeric> extract_date(Run& run, Text name, Date date) {
  const auto unit = unit_of(name);
  const bool is_infinite = date.days == kInfinityDays || date.days == kMinusInfinityDays;
  const auto fail = [&]() -> std::optional<Numeric> {
    fail_unit<Date>(run, name);
    return std::nullopt;
  };
  if (!unit || *unit < TimeUnit::kDay || *unit == TimeUnit::kZone || *unit > TimeUnit::kEpoch)
    return fail();
  if (is_infinite) {
    if (!grows(*unit)) return std::nullopt;
    return Numeric::special(date.days > 0 ? Numeric::kInfinity : Numeric::kMinusInfinity);
  }
  if (*unit == TimeUnit::kEpoch) return whole((Int128{date.days} + 10'957) * 86'400);
  if (*unit == TimeUnit::kJulian) return whole(Int128{date.days} - kLeastDate);
  if (const auto part = part_of_date(*unit, date.days)) return part;
  return fail();
}

std::optional<Numeric> extract_interval(Run& run, Text name, Interval span) {
  const auto unit = unit_of(name);
  const auto fail = [&]() -> std::optional<Numeric> {
    fail_unit<Interval>(run, name);
    return std::nullopt;
  };
  if (!unit) return fail();
  const int64_t years = span.months / 12;
  switch (*unit) {
    case TimeUnit::kMicrosecond:
    case TimeUnit::kMillisecond:
    case TimeUnit::kSecond:
    case TimeUnit::kMinute:
    case TimeUnit::kHour: return part_of_day(*unit, span.us);
    case TimeUnit::kDay: return whole(span.days);
    case TimeUnit::kMonth: return whole(span.months % 12);
    case TimeUnit::kQuarter: return whole(span.months % 12 / 3 + 1);
    case TimeUnit::kYear: return whole(years);
    case TimeUnit::kDecade: return whole(years / 10);
    case TimeUnit::kCentury: return whole(years / 100);
    case TimeUnit::kMillennium: return whole(years / 1000);
    case TimeUnit::kEpoch: {
      // A year has 365.25 days here, a month 30.
      const Int128 days = Int128{span.days} + Int128{span.months % 12} * 30;
      return of_us((days * 86'400 + Int128{years} * 31'557'600) * kUsPerSecond + span.us, 6);
    }
    default: return fail();
  }
}

constexpr double kUsPerSecondAsDouble = 1e6;

// As date_part sums them up (timestamp_part_common, interval_part_common of timestamp.c), which is
// not always the nearest to what extract gives. Nothing: it is.
std::optional<double> part_of_day_as_double(TimeUnit unit, int64_t of_day) {
  const int64_t us = of_day % kUsPerSecond;
  const int64_t of_minute = of_day / kUsPerSecond % 60;
  const auto second = static_cast<double>(of_minute);
  const auto fraction = static_cast<double>(us);
  if (unit == TimeUnit::kSecond) return second + fraction / kUsPerSecondAsDouble;
  if (unit == TimeUnit::kMillisecond) return second * 1000.0 + fraction / 1000.0;
  return std::nullopt;
}

std::optional<double> sum_as_double(TimeUnit unit, Interval span) {
  if (unit != TimeUnit::kEpoch) return part_of_day_as_double(unit, span.us);
  double sum = static_cast<double>(span.us) / kUsPerSecondAsDouble;
  const int32_t years = span.months / 12;
  sum += 365.25 * 86'400 * years;
  sum += 30.0 * 86'400 * (span.months % 12);
  return sum + 86'400.0 * span.days;
}

template <class Moment>
std::optional<double> sum_as_double(TimeUnit unit, Moment moment) {
  const int64_t days = floor_divide(moment.us, kUsPerDay);
  const int64_t of_day = moment.us - days * kUsPerDay;
  constexpr int64_t kUsFrom1970 = 10'957 * kUsPerDay;
  if (unit == TimeUnit::kEpoch) {
    if (moment.us < INT64_MAX - kUsFrom1970)
      return static_cast<double>(moment.us + kUsFrom1970) / kUsPerSecondAsDouble;
    return (static_cast<double>(moment.us) + static_cast<double>(kUsFrom1970)) /
           kUsPerSecondAsDouble;
  }
  if (unit == TimeUnit::kJulian) {
    const int64_t whole_seconds = of_day / kUsPerSecond;
    const auto seconds = static_cast<double>(whole_seconds);
    const double fraction = static_cast<double>(of_day % kUsPerSecond) / kUsPerSecondAsDouble;
    return static_cast<double>(days - kLeastDate) + (seconds + fraction) / 86'400.0;
  }
  return part_of_day_as_double(unit, of_day);
}

template <auto extract, class T>
std::optional<double> part_as_double(Run& run, Text name, T value) {
  const std::optional<Numeric> part = extract(run, name, value);
  if (!part) return std::nullopt;
  if (!part->is_finite()) return to_double(*part);
  return sum_as_double(*unit_of(name), value).value_or(to_double(*part));
}

// date_part(text, date) is by way of a timestamp, in PostgreSQL, which is made before it is seen
// that the name is NULL.
std::optional<double> part_of_date_as_double(Run& run, std::optional<Text> name,
                                             std::optional<Date> date) {
  if (!date) return std::nullopt;
  const auto moment = moment_of_date<Timestamp>(run, *date);
  if (!name) return std::nullopt;
  return part_as_double<extract_moment<Timestamp>>(run, *name, moment);
}

}  // namespace

void add_time_parts(Catalogue& to) {
  to.add_function<extract_moment<Timestamp>>("extract");
  to.add_function<extract_moment<Timestamptz>>("extract");
  to.add_function<extract_date>("extract");
  to.add_function<extract_interval>("extract");
  to.add_function<part_as_double<extract_moment<Timestamp>, Timestamp>>("date_part");
  to.add_function<part_as_double<extract_moment<Timestamptz>, Timestamptz>>("date_part");
  using PartOfDate = KernelOf<part_of_date_as_double>;
  Routine of_date{"date_part", PartOfDate::arguments(), PartOfDate::kResult, PartOfDate::kKernel};
  of_date.is_strict = true;
  to.add_function(of_date);
  to.add_function<part_as_double<extract_interval, Interval>>("date_part");
}

}  // namespace sql
