// date_trunc.
#include "catalogue/catalogue.hpp"
#include "catalogue/time_units.hpp"
#include "values/time_fields.hpp"
#include "values/times.hpp"
#include "values/utf8.hpp"

namespace sql {

std::string unit_word(Text text) {
  constexpr size_t kMostOfName = 63;  // NAMEDATALEN - 1
  std::string word(clipped(text, kMostOfName));
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return word;
}

namespace {

// Only of the table of intervals (DecodeUnits).
std::optional<TimeUnit> unit_to_truncate(Text text) {
  const TimeWord word = word_of_interval(unit_word(text));
  if (word.meaning != TimeWord::kUnit) return std::nullopt;
  return static_cast<TimeUnit>(word.value);
}

void fail_truncation(Run& run, Text unit, Base type) {
  const bool is_known = unit_to_truncate(unit).has_value();
  run.fail(is_known ? "0A000" : "22023",
           "unit \"" + unit_word(unit) +
               (is_known ? "\" not supported for type " : "\" not recognized for type ") +
               name_of(type));
}

int64_t year_truncated(TimeUnit unit, int64_t year) {
  switch (unit) {
    case TimeUnit::kMillennium:
      return year > 0 ? (year + 999) / 1000 * 1000 - 999 : -((999 - (year - 1)) / 1000) * 1000 + 1;
    case TimeUnit::kCentury:
      return year > 0 ? (year + 99) / 100 * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1;
    case TimeUnit::kDecade: return year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
    default: return year;
  }
}

// The first day of the unit in which a day is. Nothing: a unit that is no days.
std::optional<int64_t> first_day(TimeUnit unit, int64_t days) {
  const Civil date = civil_of(days);
  switch (unit) {
    case TimeUnit::kDay: return days;
    case TimeUnit::kWeek: return days - weekday_of(days) + 1;
    case TimeUnit::kMonth: return days_of(date.year, date.month, 1);
    case TimeUnit::kQuarter: return days_of(date.year, (date.month - 1) / 3 * 3 + 1, 1);
    case TimeUnit::kYear:
    case TimeUnit::kDecade:
    case TimeUnit::kCentury:
    case TimeUnit::kMillennium: return days_of(year_truncated(unit, date.year), 1, 1);
    default: return std::nullopt;
  }
}

// Nothing: a unit that is no part of a day.
std::optional<int64_t> length_of_unit(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMicrosecond: return 1;
    case TimeUnit::kMillisecond: return 1000;
    case TimeUnit::kSecond: return kUsPerSecond;
    case TimeUnit::kMinute: return kUsPerMinute;
    case TimeUnit::kHour: return kUsPerHour;
    default: return std::nullopt;
  }
}

template <class T>
T truncate_moment(Run& run, Text unit, T moment) {
  if (moment.us == kInfinity || moment.us == kMinusInfinity) return moment;
  const auto truncated = truncated_time(run, unit, moment.us, BaseOf<T>::value);
  if (!truncated) return moment;
  if (!is_timestamp(truncated->us)) run.fail("22008", "timestamp out of range");
  return {truncated->us};
}

Interval truncate_interval(Run& run, Text name, Interval span) {
  const auto unit = unit_to_truncate(name);
  const auto years = [&](int step) { return Interval{0, 0, span.months / 12 / step * step * 12}; };
  const auto fail = [&] {
    fail_truncation(run, name, Base::kInterval);
    return span;
  };
  if (!unit) return fail();
  if (const auto step = length_of_unit(*unit))
    return {span.us / *step * *step, span.days, span.months};
  switch (*unit) {
    case TimeUnit::kDay: return {0, span.days, span.months};
    case TimeUnit::kMonth: return {0, 0, span.months};
    case TimeUnit::kQuarter: return {0, 0, span.months / 3 * 3};
    case TimeUnit::kYear: return years(1);
    case TimeUnit::kDecade: return years(10);
    case TimeUnit::kCentury: return years(100);
    case TimeUnit::kMillennium: return years(1000);
    default: return fail();
  }
}

}  // namespace

std::optional<TruncatedTime> truncated_time(Run& run, Text name, int64_t us, Base type) {
  const auto unit = unit_to_truncate(name);
  const int64_t days = floor_divide(us, kUsPerDay);
  if (unit) {
    if (const auto step = length_of_unit(*unit)) {
      const int64_t of_day = us - days * kUsPerDay;
      return TruncatedTime{us - of_day % *step, false};
    }
    if (const auto day = first_day(*unit, days)) return TruncatedTime{*day * kUsPerDay, true};
  }
  fail_truncation(run, name, type);
  return std::nullopt;
}

void add_truncated_times(Catalogue& to) {
  to.add_function<truncate_moment<Timestamp>>("date_trunc");
  to.add_function<truncate_moment<Timestamptz>>("date_trunc");
  to.add_function<truncate_interval>("date_trunc");
}

}  // namespace sql
