// Texts of intervals, as DecodeInterval and DecodeISO8601Interval of PostgreSQL's datetime.c read
// them.
#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "values/intervals.hpp"
#include "values/time_fields.hpp"
#include "values/times.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

enum class IntervalFault { kNone, kFormat, kRange };

// A number with a fraction, of which the sign is that of both.
struct Count {
  int64_t whole = 0;
  double fraction = 0;
};

// An interval in the making. What leads beyond a part's range makes it fail.
class IntervalSum {
 public:
  bool add_us(const Count& count, int64_t scale) {
    int64_t us = 0;
    return !__builtin_mul_overflow(count.whole, scale, &us) &&
           !__builtin_add_overflow(us_, us, &us_) &&
           add_fraction(count.fraction, static_cast<double>(scale));
  }
  bool add_days(const Count& count, int scale) {
    return add_to(days_, count.whole, scale) && add_fraction_of_days(count.fraction, scale);
  }
  bool add_months(const Count& count) {
    return add_to(months_, count.whole, 1) && add_fraction_of_days(count.fraction, kDaysOfMonth);
  }
  bool add_years(const Count& count, int scale) {
    const auto months = static_cast<int64_t>(std::rint(count.fraction * scale * 12));
    return add_to(years_, count.whole, scale) && add_to(months_, months, 1);
  }
  bool negate() {
    if (us_ == INT64_MIN || days_ == INT32_MIN || months_ == INT32_MIN || years_ == INT32_MIN)
      return false;
    us_ = -us_;
    days_ = -days_;
    months_ = -months_;
    years_ = -years_;
    return true;
  }
  // Nothing: more months than there may be.
  std::optional<Interval> finish() const {
    const int64_t months = int64_t{years_} * 12 + months_;
    if (months > INT32_MAX || months < INT32_MIN) return std::nullopt;
    return Interval{us_, days_, static_cast<int32_t>(months)};
  }

 private:
  static constexpr int kDaysOfMonth = 30;

  static bool add_to(int32_t& part, int64_t count, int scale) {
    int64_t sum = 0;
    if (count > INT32_MAX || count < INT32_MIN) return false;
    if (__builtin_mul_overflow(count, int64_t{scale}, &sum) || sum > INT32_MAX || sum < INT32_MIN)
      return false;
    return !__builtin_add_overflow(part, static_cast<int32_t>(sum), &part);
  }
  bool add_fraction(double fraction, double scale) {
    if (fraction == 0) return true;
    fraction *= scale;
    auto us = static_cast<int64_t>(fraction);
    fraction -= static_cast<double>(us);
    if (fraction > 0.5) ++us;
    else if (fraction < -0.5) --us;
    return !__builtin_add_overflow(us_, us, &us_);
  }
  bool add_fraction_of_days(double fraction, int scale) {
    if (fraction == 0) return true;
    fraction *= scale;
    const auto days = static_cast<int32_t>(fraction);
    return add_to(days_, days, 1) && add_fraction(fraction - days, static_cast<double>(kUsPerDay));
  }

  int64_t us_ = 0;
  int32_t days_ = 0, months_ = 0, years_ = 0;
};

bool read_count(const std::string& text, size_t& at, int64_t& value) {
  char* end = nullptr;
  errno = 0;
  value = std::strtoll(text.c_str() + at, &end, 10);
  at = static_cast<size_t>(end - text.c_str());
  return errno != ERANGE;
}

// Behind the point, up to the end.
bool read_fraction_of(const std::string& text, size_t point, double& fraction) {
  fraction = 0;
  if (point + 1 == text.size()) return true;
  char* end = nullptr;
  fraction = std::strtod(text.c_str() + point, &end);
  return end == text.c_str() + text.size();
}

class IntervalReader {
  static constexpr size_t kMostBytes = 256;  // interval_in

 public:
  explicit IntervalReader(IntervalFields allowed) : allowed_(allowed) {}

  IntervalFault read(std::string_view text) {
    const auto fields = time_fields(text, kMostBytes);
    if (!fields) return IntervalFault::kFormat;
    bool is_before = false, needs_unit = false;
    uint32_t all = 0;
    std::optional<TimeUnit> unit;  // of the number before
    // From the last to the first, so that a unit is known before its number.
    for (size_t i = fields->size(); i-- > 0;) {
      const TimeField& field = (*fields)[i];
      part_ = 0;
      if (field.kind == TimeField::kString || field.kind == TimeField::kSpecial) {
        const TimeWord word = word_of_interval(field.text);
        if (word.meaning == TimeWord::kIgnored) continue;
        if (word.meaning == TimeWord::kAgo) is_before = true;
        else if (word.meaning == TimeWord::kUnit) unit = static_cast<TimeUnit>(word.value);
        else return IntervalFault::kFormat;
        // A number before "ago" needs its unit between them.
        needs_unit = word.meaning == TimeWord::kAgo;
        continue;
      }
      const bool has_clock =
          field.kind == TimeField::kTime ||
          (field.kind == TimeField::kZone && field.text.find(':', 1) != field.text.npos);
      IntervalFault fault = IntervalFault::kFormat;
      if (has_clock) fault = read_clock_of(field, unit);
      if (!has_clock || (fault != IntervalFault::kNone && field.kind == TimeField::kZone)) {
        if (needs_unit) return IntervalFault::kFormat;
        fault = read_number_of(field.text, unit);
      }
      if (fault != IntervalFault::kNone) return fault;
      if (part_ & all) return IntervalFault::kFormat;
      all |= part_;
      needs_unit = false;
    }
    // A unit in front of all numbers is passed over.
    if (all == 0) return IntervalFault::kFormat;
    return is_before && !sum_.negate() ? IntervalFault::kRange : IntervalFault::kNone;
  }

  // P1Y2M3DT4H5M6S and its alternatives.
  IntervalFault read_iso(const std::string& text) {
    text_ = &text;
    if (text.size() < 2 || text[0] != 'P') return IntervalFault::kFormat;
    at_ = 1;
    bool is_date = true, has_field = false;
    while (at_ < text.size()) {
      if (text[at_] == 'T') {
        is_date = false;
        has_field = false;
        ++at_;
        continue;
      }
      const size_t begin = at_;
      Count count;
      if (const IntervalFault fault = read_iso_number(count); fault != IntervalFault::kNone)
        return fault;
      const char unit = next();
      const size_t width =
          static_cast<size_t>(
              std::find_if_not(text.begin() + static_cast<ptrdiff_t>(begin + (text[begin] == '-')),
                               text.end(), [](char c) { return c >= '0' && c <= '9'; }) -
              text.begin()) -
          begin - (text[begin] == '-');
      bool fits = true;
      if (is_date) {
        switch (unit) {
          case 'Y': fits = sum_.add_years(count, 1); break;
          case 'M': fits = sum_.add_months(count); break;
          case 'W': fits = sum_.add_days(count, 7); break;
          case 'D': fits = sum_.add_days(count, 1); break;
          case 'T':
          case '\0':
            if (width == 8 && !has_field) {
              fits = sum_.add_years({count.whole / 10'000, 0}, 1) &&
                     sum_.add_months({count.whole / 100 % 100, 0}) &&
                     sum_.add_days({count.whole % 100, count.fraction}, 1);
              if (!fits) return IntervalFault::kRange;
              if (unit == '\0') return IntervalFault::kNone;
              is_date = has_field = false;
              continue;
            }
            [[fallthrough]];
          case '-': {
            if (has_field) return IntervalFault::kFormat;
            const IntervalFault fault = read_iso_date(count, unit, is_date);
            if (fault != IntervalFault::kNone || is_date) return fault;
            has_field = false;
            continue;
          }
          default: return IntervalFault::kFormat;
        }
      } else {
        switch (unit) {
          case 'H': fits = sum_.add_us(count, kUsPerHour); break;
          case 'M': fits = sum_.add_us(count, kUsPerMinute); break;
          case 'S': fits = sum_.add_us(count, kUsPerSecond); break;
          case '\0':
            if (width == 6 && !has_field) {
              fits = sum_.add_us({count.whole / 10'000, 0}, kUsPerHour) &&
                     sum_.add_us({count.whole / 100 % 100, 0}, kUsPerMinute) &&
                     sum_.add_us({count.whole % 100, count.fraction}, kUsPerSecond);
              return fits ? IntervalFault::kNone : IntervalFault::kRange;
            }
            [[fallthrough]];
          case ':': return has_field ? IntervalFault::kFormat : read_iso_clock(count, unit);
          default: return IntervalFault::kFormat;
        }
      }
      if (!fits) return IntervalFault::kRange;
      has_field = true;
    }
    return IntervalFault::kNone;
  }

  std::optional<Interval> finish() const { return sum_.finish(); }

 private:
  char next() { return at_ < text_->size() ? (*text_)[at_++] : '\0'; }
  bool at_end() const { return at_ >= text_->size(); }

  IntervalFault read_iso_number(Count& count) {
    const std::string& text = *text_;
    const auto is_digit = [&](size_t at) {
      return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    if (at_end() || !(is_digit(at_) || text[at_] == '-' || text[at_] == '.'))
      return IntervalFault::kFormat;
    const bool negative = text[at_] == '-';
    if (negative) ++at_;
    const size_t begin = at_;
    if (is_digit(at_) && !read_count(text, at_, count.whole)) return IntervalFault::kRange;
    if (at_ < text.size() && text[at_] == '.') {
      char* end = nullptr;
      if (is_digit(at_ + 1)) count.fraction = std::strtod(text.c_str() + at_, &end);
      at_ = end ? static_cast<size_t>(end - text.c_str()) : at_ + 1;
    }
    if (at_ == begin) return IntervalFault::kFormat;
    if (negative) count = {-count.whole, -count.fraction};
    return IntervalFault::kNone;
  }

  // Behind the years: -mm-dd, as far as it goes. A T leads to the time.
  IntervalFault read_iso_date(const Count& years, char unit, bool& is_date) {
    if (!sum_.add_years(years, 1)) return IntervalFault::kRange;
    for (int i = 0; i < 3; ++i) {
      if (unit == '\0') return IntervalFault::kNone;
      if (unit == 'T') {
        is_date = false;
        return IntervalFault::kNone;
      }
      if (unit != '-' || i == 2) return IntervalFault::kFormat;
      Count count;
      if (const IntervalFault fault = read_iso_number(count); fault != IntervalFault::kNone)
        return fault;
      if (!(i == 0 ? sum_.add_months(count) : sum_.add_days(count, 1)))
        return IntervalFault::kRange;
      unit = next();
    }
    return IntervalFault::kFormat;
  }

  IntervalFault read_iso_clock(const Count& hours, char unit) {
    if (!sum_.add_us(hours, kUsPerHour)) return IntervalFault::kRange;
    for (const int64_t scale : {kUsPerMinute, kUsPerSecond}) {
      if (unit == '\0') return IntervalFault::kNone;
      if (unit != ':') return IntervalFault::kFormat;
      Count count;
      if (const IntervalFault fault = read_iso_number(count); fault != IntervalFault::kNone)
        return fault;
      if (!sum_.add_us(count, scale)) return IntervalFault::kRange;
      unit = next();
    }
    return unit == '\0' ? IntervalFault::kNone : IntervalFault::kFormat;
  }

  // hh:mm[:ss[.f]], mm:ss.f, perhaps with a sign.
  IntervalFault read_clock_of(const TimeField& field, std::optional<TimeUnit>& unit) {
    const bool is_signed = field.kind == TimeField::kZone;
    const std::string text = field.text.substr(is_signed ? 1 : 0);
    size_t at = 0;
    int64_t hour = 0, minute = 0, second = 0;
    double fraction = 0;
    if (!read_count(text, at, hour)) return IntervalFault::kRange;
    if (at >= text.size() || text[at] != ':') return IntervalFault::kFormat;
    if (!read_count(text, ++at, minute)) return IntervalFault::kRange;
    if (at < text.size() && text[at] == '.') {
      if (!read_fraction_of(text, at, fraction)) return IntervalFault::kFormat;
      second = minute;
      minute = hour;
      hour = 0;
    } else if (at < text.size()) {
      if (text[at] != ':') return IntervalFault::kFormat;
      if (!read_count(text, ++at, second)) return IntervalFault::kRange;
      if (at < text.size() && (text[at] != '.' || !read_fraction_of(text, at, fraction)))
        return IntervalFault::kFormat;
    } else if (allowed_.mask == (IntervalFields::kMinute | IntervalFields::kSecond)) {
      second = minute;
      minute = hour;
      hour = 0;
    }
    if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60)
      return IntervalFault::kRange;
    const int64_t sign = is_signed && field.text[0] == '-' ? -1 : 1;
    const int64_t us = minute * kUsPerMinute + second * kUsPerSecond +
                       static_cast<int64_t>(std::rint(fraction * 1e6));
    if (!sum_.add_us({sign * hour, 0}, kUsPerHour) || !sum_.add_us({sign * us, 0}, 1))
      return IntervalFault::kRange;
    part_ = kHours | kMinutes | kSeconds;
    // A number before it is of days.
    unit = TimeUnit::kDay;
    return IntervalFault::kNone;
  }

  IntervalFault read_number_of(const std::string& text, std::optional<TimeUnit>& unit) {
    size_t at = 0;
    Count count;
    const bool negative = text[0] == '-';
    if (!read_count(text, at, count.whole)) return IntervalFault::kRange;
    if (at < text.size() && text[at] == '-') {
      // Years and months.
      int64_t months = 0;
      if (!read_count(text, ++at, months) || months < 0 || months >= 12)
        return IntervalFault::kRange;
      if (at < text.size()) return IntervalFault::kFormat;
      if (__builtin_mul_overflow(count.whole, int64_t{12}, &count.whole))
        return IntervalFault::kRange;
      count.whole += negative ? -months : months;
      unit = TimeUnit::kMonth;
    } else if (at < text.size()) {
      if (text[at] != '.' || !read_fraction_of(text, at, count.fraction))
        return IntervalFault::kFormat;
      if (negative) count.fraction = -count.fraction;
    }
    if (!unit) unit = unit_of_last();
    const IntervalFault fault = add(count, *unit);
    if (unit == TimeUnit::kHour) unit = TimeUnit::kDay;
    return fault;
  }

  // Of a number without one.
  TimeUnit unit_of_last() const {
    switch (allowed_.last()) {
      case IntervalFields::kYear: return TimeUnit::kYear;
      case IntervalFields::kMonth: return TimeUnit::kMonth;
      case IntervalFields::kDay: return TimeUnit::kDay;
      case IntervalFields::kHour: return TimeUnit::kHour;
      case IntervalFields::kMinute: return TimeUnit::kMinute;
      default: return TimeUnit::kSecond;
    }
  }

  IntervalFault add(const Count& count, TimeUnit unit) {
    bool fits = true;
    switch (unit) {
      case TimeUnit::kMicrosecond:
        fits = sum_.add_us(count, 1);
        part_ = kMicroseconds;
        break;
      case TimeUnit::kMillisecond:
        fits = sum_.add_us(count, 1000);
        part_ = kMilliseconds;
        break;
      case TimeUnit::kSecond:
        fits = sum_.add_us(count, kUsPerSecond);
        part_ = count.fraction == 0 ? kSeconds : kSeconds | kMilliseconds | kMicroseconds;
        break;
      case TimeUnit::kMinute:
        fits = sum_.add_us(count, kUsPerMinute);
        part_ = kMinutes;
        break;
      case TimeUnit::kHour:
        fits = sum_.add_us(count, kUsPerHour);
        part_ = kHours;
        break;
      case TimeUnit::kDay:
        fits = sum_.add_days({count.whole, 0}, 1) && sum_.add_us({0, count.fraction}, kUsPerDay);
        part_ = kDays;
        break;
      case TimeUnit::kWeek:
        fits = sum_.add_days(count, 7);
        part_ = kWeeks;
        break;
      case TimeUnit::kMonth:
        fits = sum_.add_months(count);
        part_ = kMonths;
        break;
      case TimeUnit::kYear:
        fits = sum_.add_years(count, 1);
        part_ = kYears;
        break;
      case TimeUnit::kDecade:
        fits = sum_.add_years(count, 10);
        part_ = kDecades;
        break;
      case TimeUnit::kCentury:
        fits = sum_.add_years(count, 100);
        part_ = kCenturies;
        break;
      case TimeUnit::kMillennium:
        fits = sum_.add_years(count, 1000);
        part_ = kMillennia;
        break;
      default: return IntervalFault::kFormat;
    }
    return fits ? IntervalFault::kNone : IntervalFault::kRange;
  }

  enum : uint32_t {
    kMicroseconds = 1,
    kMilliseconds = 2,
    kSeconds = 4,
    kMinutes = 8,
    kHours = 16,
    kDays = 32,
    kWeeks = 64,
    kMonths = 128,
    kYears = 256,
    kDecades = 512,
    kCenturies = 1024,
    kMillennia = 2048,
  };

  IntervalFields allowed_;
  IntervalSum sum_;
  uint32_t part_ = 0;
  const std::string* text_ = nullptr;
  size_t at_ = 0;
};

}  // namespace

template <>
std::optional<Interval> read_text(Run& run, Text text) {
  return read_interval(run, text, {});
}

std::optional<Interval> read_interval(Run& run, Text text, IntervalFields fields) {
  const std::string shown = "\"" + std::string(text) + "\"";
  IntervalReader reader(fields);
  IntervalFault fault = reader.read(text);
  if (fault == IntervalFault::kFormat) {
    reader = IntervalReader(fields);
    fault = reader.read_iso(std::string(text));
  }
  if (fault == IntervalFault::kFormat) {
    run.fail("22007", "invalid input syntax for type interval: " + shown);
    return std::nullopt;
  }
  if (fault == IntervalFault::kRange) {
    run.fail("22015", "interval field value out of range: " + shown);
    return std::nullopt;
  }
  const auto interval = reader.finish();
  if (!interval) run.fail("22008", "interval out of range");
  return interval;
}

}  // namespace sql
