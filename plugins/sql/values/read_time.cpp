// Texts of dates and timestamps, as DecodeDateTime of PostgreSQL's datetime.c reads them, with the
// date order MDY and the zone UTC.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "values/iso_time.hpp"
#include "values/time_fields.hpp"
#include "values/time_zones.hpp"
#include "values/times.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

enum class TimeFault { kNone, kFormat, kRange, kZoneRange, kZoneUnknown, kVolatile };

// What of a time has been read.
enum Part : uint32_t {
  kPartYear = 1,
  kPartMonth = 2,
  kPartDay = 4,
  kPartDayOfYear = 8,
  kPartHour = 16,
  kPartMinute = 32,
  kPartSecond = 64,
  kPartZone = 128,
  kPartSummer = 256,
  kPartHalfDay = 512,
  kPartEra = 1024,
  kPartWeekday = 2048,
  kPartReserved = 4096,
  kPartDate = kPartYear | kPartMonth | kPartDay,
  kPartTime = kPartHour | kPartMinute | kPartSecond,
};

struct ReadTime {
  enum Kind { kTime, kInfinite, kMinusInfinite, kEpochStart } kind = kTime;
  int64_t year = 0;
  int month = 0, day = 0, day_of_year = 0;
  int hour = 0, minute = 0, second = 0;
  int64_t us = 0;
  int east = 0;  // seconds
  // Whose rules say that, once the time is known.
  std::optional<Zone> zone;
};

bool read_whole(const std::string& text, size_t& at, int& value) {
  char* end = nullptr;
  errno = 0;
  const long long number = std::strtoll(text.c_str() + at, &end, 10);
  at = static_cast<size_t>(end - text.c_str());
  value = static_cast<int>(std::clamp<long long>(number, INT32_MIN, INT32_MAX));
  return errno != ERANGE && number >= INT32_MIN && number <= INT32_MAX;
}

// ".25": microseconds.
bool read_fraction(const std::string& text, size_t at, int64_t& us) {
  if (at + 1 == text.size()) {
    us = 0;
    return true;
  }
  char* end = nullptr;
  const double fraction = std::strtod(text.c_str() + at, &end);
  if (end != text.c_str() + text.size()) return false;
  us = static_cast<int64_t>(std::rint(fraction * 1'000'000));
  return true;
}

class TimeReader {
 public:
  // What the fields of a timestamp and of a date may have (timestamp_in, date_in).
  static constexpr size_t kMostBytes = 153, kMostBytesOfDate = 129;

  TimeFault read(std::string_view text, ReadTime& to, size_t most_bytes = kMostBytes) {
    const auto fields = time_fields(text, most_bytes);
    if (!fields) return TimeFault::kFormat;
    fields_ = &*fields;
    for (at_ = 0; at_ < fields->size(); ++at_) {
      part_ = 0;
      const TimeFault fault = read_field((*fields)[at_]);
      if (fault != TimeFault::kNone) return fault;
      if (part_ & known_) return TimeFault::kFormat;
      known_ |= part_;
    }
    const TimeFault fault = check();
    to = time_;
    return fault;
  }
  const std::string& zone() const { return zone_; }

 private:
  const TimeField& field() const { return (*fields_)[at_]; }

  TimeFault read_field(const TimeField& field) {
    switch (field.kind) {
      case TimeField::kDate: return read_date_field(field.text);
      case TimeField::kTime:
        if (awaited_ && *awaited_ != kTimeAwaited) return TimeFault::kFormat;
        awaited_.reset();
        return read_clock(field.text);
      case TimeField::kZone: return read_zone(field.text, 0);
      case TimeField::kNumber:
        return awaited_ ? read_awaited(field.text) : read_number_field(field.text);
      case TimeField::kString:
      case TimeField::kSpecial: return read_word(field.text);
    }
    return TimeFault::kFormat;
  }

  TimeFault read_date_field(const std::string& text) {
    if (awaited_ == static_cast<int>(TimeUnit::kJulian)) return read_julian_with_zone(text);
    const bool has_date = (known_ & (kPartMonth | kPartDay)) == (kPartMonth | kPartDay);
    if (!awaited_ && !has_date) return read_date(text);
    const bool begins_with_digit = text[0] >= '0' && text[0] <= '9';
    if (!begins_with_digit && !awaited_) {
      if (set_zone(text)) return TimeFault::kNone;
      zone_ = text;
      return TimeFault::kZoneUnknown;
    }
    // A time with a zone behind it: hhmmss-zz.
    if (awaited_ && *awaited_ != kTimeAwaited) return TimeFault::kFormat;
    awaited_.reset();
    if ((known_ & kPartTime) == kPartTime) return TimeFault::kFormat;
    const size_t minus = text.find('-');
    if (minus == text.npos) return TimeFault::kFormat;
    if (const TimeFault fault = read_zone(text, minus); fault != TimeFault::kNone) return fault;
    const TimeFault fault = read_run_together(text.substr(0, minus), known_);
    part_ |= kPartZone;
    return fault;
  }

  TimeFault read_julian_with_zone(const std::string& text) {
    size_t end = 0;
    int day = 0;
    if (!read_whole(text, end, day) || day < 0) return TimeFault::kRange;
    set_julian(day);
    const TimeFault fault = read_zone(text, end);
    part_ = kPartDate | kPartTime | kPartZone;
    awaited_.reset();
    return fault;
  }

  void set_julian(int64_t day) {
    const Civil date = civil_of(day + kLeastDate);
    time_.year = date.year;
    time_.month = date.month;
    time_.day = date.day;
    is_astronomical_ = true;
  }

  // Numbers and a month's name with something between them.
  TimeFault read_date(const std::string& text) {
    std::vector<std::string> parts;
    for (size_t at = 0; at < text.size();) {
      while (at < text.size() && !is_letter_or_digit(text[at])) ++at;
      if (at == text.size()) return TimeFault::kFormat;
      const bool digits = text[at] >= '0' && text[at] <= '9';
      const size_t begin = at;
      while (at < text.size() && is_letter_or_digit(text[at]) &&
             (text[at] >= '0' && text[at] <= '9') == digits)
        ++at;
      parts.push_back(text.substr(begin, at - begin));
      if (at < text.size() && !is_letter_or_digit(text[at])) ++at;
    }
    uint32_t known = known_, all = 0;
    bool has_name = false;
    for (std::string& part : parts) {
      if (part[0] >= '0' && part[0] <= '9') continue;
      const TimeWord word = word_of_time(part);
      if (word.meaning == TimeWord::kIgnored) continue;
      if (word.meaning != TimeWord::kMonth) return TimeFault::kFormat;
      time_.month = word.value;
      has_name = true;
      if (known & kPartMonth) return TimeFault::kFormat;
      known |= kPartMonth;
      all |= kPartMonth;
      part.clear();
    }
    for (const std::string& part : parts) {
      if (part.empty()) continue;
      part_ = 0;
      if (const TimeFault fault = read_number(part, has_name, known); fault != TimeFault::kNone)
        return fault;
      if (known & part_) return TimeFault::kFormat;
      known |= part_;
      all |= part_;
    }
    part_ = all;
    return (known & ~(kPartDayOfYear | kPartZone)) == kPartDate ? TimeFault::kNone
                                                                : TimeFault::kFormat;
  }

  static bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  }

  TimeFault read_number_field(const std::string& text) {
    const size_t point = text.find('.');
    if (point != text.npos && !(known_ & kPartDate)) return read_date(text);
    if (point != text.npos && point > 2) return read_run_together(text, known_);
    if (text.size() >= 6 && (!(known_ & kPartDate) || !(known_ & kPartTime)))
      return read_run_together(text, known_);
    return read_number(text, has_month_name_, known_);
  }

  // A number whose place among the others says what it is.
  TimeFault read_number(const std::string& text, bool has_name, uint32_t known) {
    size_t end = 0;
    int value = 0;
    if (!read_whole(text, end, value)) return TimeFault::kRange;
    if (end == 0) return TimeFault::kFormat;
    if (end < text.size() && text[end] == '.') {
      if (end > 2) return read_run_together(text, known | kPartDate);
      if (!read_fraction(text, end, time_.us)) return TimeFault::kFormat;
    } else if (end < text.size()) {
      return TimeFault::kFormat;
    }
    const uint32_t date = known & kPartDate;
    const bool is_long = text.size() >= 3;
    if (text.size() == 3 && date == kPartYear && value >= 1 && value <= 366) {
      time_.day_of_year = value;
      part_ = kPartDayOfYear | kPartMonth | kPartDay;
      return TimeFault::kNone;
    }
    switch (date) {
      case 0: set_part(is_long ? kPartYear : kPartMonth, value); break;
      case kPartYear: set_part(kPartMonth, value); break;
      case kPartMonth: set_part(has_name && is_long ? kPartYear : kPartDay, value); break;
      case kPartYear | kPartMonth:
        set_part(kPartDay, value);
        if (has_name && is_long && has_short_year_) {
          // What was taken for the year is the day.
          time_.day = static_cast<int>(time_.year);
          time_.year = value;
          has_short_year_ = false;
        }
        break;
      case kPartDay: set_part(kPartMonth, value); break;
      case kPartMonth | kPartDay: set_part(kPartYear, value); break;
      case kPartDate: return read_run_together(text, known);
      default: return TimeFault::kFormat;
    }
    if (part_ == kPartYear) has_short_year_ = text.size() <= 2;
    return TimeFault::kNone;
  }

  void set_part(Part part, int value) {
    part_ = part;
    if (part == kPartYear) time_.year = value;
    else if (part == kPartMonth) time_.month = value;
    else time_.day = value;
  }

  // yyyymmdd, hhmmss, hhmm, with a fraction.
  TimeFault read_run_together(std::string text, uint32_t known) {
    const auto number = [&](size_t from, size_t size) {
      return std::atoi(text.substr(from, size).c_str());
    };
    if (const size_t point = text.find('.'); point != text.npos) {
      if (!read_fraction(text, point, time_.us)) return TimeFault::kFormat;
      text.resize(point);
    } else if ((known & kPartDate) != kPartDate && text.size() >= 6) {
      part_ = kPartDate;
      time_.day = number(text.size() - 2, 2);
      time_.month = number(text.size() - 4, 2);
      time_.year = number(0, text.size() - 4);
      if (text.size() == 6) has_short_year_ = true;
      return TimeFault::kNone;
    }
    if ((known & kPartTime) == kPartTime || (text.size() != 6 && text.size() != 4))
      return TimeFault::kFormat;
    part_ = kPartTime;
    time_.hour = number(0, 2);
    time_.minute = number(2, 2);
    time_.second = text.size() == 6 ? number(4, 2) : 0;
    return TimeFault::kNone;
  }

  // hh:mm[:ss[.f]], mm:ss.f
  TimeFault read_clock(const std::string& text) {
    part_ = kPartTime;
    size_t at = 0;
    int hour = 0, minute = 0, second = 0;
    int64_t us = 0;
    if (!read_whole(text, at, hour)) return TimeFault::kRange;
    if (at >= text.size() || text[at] != ':') return TimeFault::kFormat;
    if (!read_whole(text, ++at, minute)) return TimeFault::kRange;
    if (at < text.size() && text[at] == '.') {
      if (!read_fraction(text, at, us)) return TimeFault::kFormat;
      second = minute;
      minute = hour;
      hour = 0;
    } else if (at < text.size()) {
      if (text[at] != ':') return TimeFault::kFormat;
      if (!read_whole(text, ++at, second)) return TimeFault::kRange;
      if (at < text.size() && (text[at] != '.' || !read_fraction(text, at, us)))
        return TimeFault::kFormat;
    }
    if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 60 || us < 0 ||
        us > kUsPerSecond) {
      return TimeFault::kRange;
    }
    time_.hour = hour;
    time_.minute = minute;
    time_.second = second;
    time_.us = us;
    return is_time_of_day() ? TimeFault::kNone : TimeFault::kRange;
  }
  bool is_time_of_day() const { return time_.hour <= 24 && clock_us() <= kUsPerDay; }
  int64_t clock_us() const {
    return time_.hour * kUsPerHour + time_.minute * kUsPerMinute + time_.second * kUsPerSecond +
           time_.us;
  }

  // +hh, +hhmm, +hh:mm[:ss]
  TimeFault read_zone(const std::string& text, size_t begin) {
    part_ = kPartZone;
    if (begin >= text.size()) return TimeFault::kFormat;
    switch (read_offset(text.substr(begin), time_.east)) {
      case OffsetFault::kNone: return TimeFault::kNone;
      case OffsetFault::kRange: return TimeFault::kZoneRange;
      case OffsetFault::kFormat: break;
    }
    return TimeFault::kFormat;
  }

  // A number behind a letter that says what it is: y2001m02d04, J2451545, T040506.
  TimeFault read_awaited(const std::string& text) {
    const int unit = *awaited_;
    awaited_.reset();
    size_t end = 0;
    int value = 0;
    if (!read_whole(text, end, value)) return TimeFault::kRange;
    const bool has_fraction = end < text.size() && text[end] == '.';
    if (has_fraction && unit != kTimeAwaited && unit != static_cast<int>(TimeUnit::kJulian) &&
        unit != static_cast<int>(TimeUnit::kSecond)) {
      return TimeFault::kFormat;
    }
    if (!has_fraction && end < text.size()) return TimeFault::kFormat;
    if (unit == kTimeAwaited) {
      const TimeFault fault = read_run_together(text, known_ | kPartDate);
      if (fault != TimeFault::kNone) return fault;
      return part_ == kPartTime ? TimeFault::kNone : TimeFault::kFormat;
    }
    switch (static_cast<TimeUnit>(unit)) {
      case TimeUnit::kYear: set_part(kPartYear, value); break;
      case TimeUnit::kMonth:
        if ((known_ & kPartMonth) && (known_ & kPartHour)) {
          part_ = kPartMinute;
          time_.minute = value;
        } else {
          set_part(kPartMonth, value);
        }
        break;
      case TimeUnit::kDay: set_part(kPartDay, value); break;
      case TimeUnit::kHour:
        part_ = kPartHour;
        time_.hour = value;
        break;
      case TimeUnit::kMinute:
        part_ = kPartMinute;
        time_.minute = value;
        break;
      case TimeUnit::kSecond:
        part_ = kPartSecond;
        time_.second = value;
        if (has_fraction && !read_fraction(text, end, time_.us)) return TimeFault::kFormat;
        break;
      case TimeUnit::kJulian: {
        if (value < 0) return TimeFault::kRange;
        part_ = kPartDate;
        set_julian(value);
        if (!has_fraction) break;
        int64_t unused = 0;
        if (!read_fraction(text, end, unused)) return TimeFault::kFormat;
        part_ |= kPartTime;
        const double fraction = std::strtod(text.c_str() + end, nullptr);
        split_clock(static_cast<int64_t>(fraction * static_cast<double>(kUsPerDay)));
        break;
      }
      default: return TimeFault::kFormat;
    }
    return TimeFault::kNone;
  }
  void split_clock(int64_t us) {
    time_.hour = static_cast<int>(us / kUsPerHour);
    time_.minute = static_cast<int>(us / kUsPerMinute % 60);
    time_.second = static_cast<int>(us / kUsPerSecond % 60);
    time_.us = us % kUsPerSecond;
  }

  bool set_zone(const std::string& name) {
    ZoneRules rules = find_time_zone(name);
    if (rules == nullptr) return false;
    part_ = kPartZone;
    time_.zone = Zone::of(std::move(rules));
    return true;
  }

  TimeFault read_word(const std::string& text) {
    if (auto zone = Zone::of_abbreviation(text)) {
      part_ = kPartZone;
      if (zone->is_of_zone()) time_.zone = std::move(zone);
      else time_.east = zone->east_at(0);
      return TimeFault::kNone;
    }
    const TimeWord word = word_of_time(text);
    switch (word.meaning) {
      case TimeWord::kIgnored: return TimeFault::kNone;
      case TimeWord::kVolatile: return TimeFault::kVolatile;
      case TimeWord::kEpoch: return whole(ReadTime::kEpochStart);
      case TimeWord::kInfinite: return whole(ReadTime::kInfinite);
      case TimeWord::kMinusInfinite: return whole(ReadTime::kMinusInfinite);
      case TimeWord::kMidnight:
        part_ = kPartTime | kPartZone;
        time_.hour = time_.minute = time_.second = 0;
        return TimeFault::kNone;
      case TimeWord::kMonth:
        if ((known_ & kPartMonth) && !has_month_name_ && !(known_ & kPartDay) && time_.month >= 1 &&
            time_.month <= 31) {
          time_.day = time_.month;
          part_ = kPartDay;
        } else {
          part_ = kPartMonth;
        }
        has_month_name_ = true;
        time_.month = word.value;
        return TimeFault::kNone;
      case TimeWord::kSummer:
        part_ = kPartSummer;
        time_.east += word.value;
        return TimeFault::kNone;
      case TimeWord::kHalfDay:
        part_ = kPartHalfDay;
        half_day_ = word.value;
        return TimeFault::kNone;
      case TimeWord::kEra:
        part_ = kPartEra;
        is_bc_ = word.value == 1;
        return TimeFault::kNone;
      case TimeWord::kWeekday: part_ = kPartWeekday; return TimeFault::kNone;
      case TimeWord::kUnit: awaited_ = word.value; return TimeFault::kNone;
      case TimeWord::kTime: {
        if ((known_ & kPartDate) != kPartDate || at_ + 1 >= fields_->size())
          return TimeFault::kFormat;
        const TimeField::Kind next = (*fields_)[at_ + 1].kind;
        if (next != TimeField::kNumber && next != TimeField::kTime && next != TimeField::kDate)
          return TimeFault::kFormat;
        awaited_ = kTimeAwaited;
        return TimeFault::kNone;
      }
      case TimeWord::kUnknown: return set_zone(text) ? TimeFault::kNone : TimeFault::kFormat;
      default: return TimeFault::kFormat;
    }
  }
  TimeFault whole(ReadTime::Kind kind) {
    time_.kind = kind;
    part_ = kPartReserved;
    return TimeFault::kNone;
  }

  TimeFault check() {
    if (known_ & kPartYear) {
      if (is_astronomical_) {
      } else if (is_bc_) {
        if (time_.year <= 0) return TimeFault::kRange;
        time_.year = 1 - time_.year;
      } else if (has_short_year_) {
        if (time_.year < 0) return TimeFault::kRange;
        if (time_.year < 70) time_.year += 2000;
        else if (time_.year < 100) time_.year += 1900;
      } else if (time_.year <= 0) {
        return TimeFault::kRange;
      }
    }
    if (known_ & kPartDayOfYear) {
      const Civil date = civil_of(days_of(time_.year, 1, 1) + time_.day_of_year - 1);
      time_.year = date.year;
      time_.month = date.month;
      time_.day = date.day;
    }
    if ((known_ & kPartMonth) && (time_.month < 1 || time_.month > 12)) return TimeFault::kRange;
    if ((known_ & kPartDay) && (time_.day < 1 || time_.day > 31)) return TimeFault::kRange;
    const bool has_date = (known_ & kPartDate) == kPartDate;
    if (has_date && time_.day > days_of_month(time_.year, time_.month)) return TimeFault::kRange;
    if (half_day_ >= 0 && time_.hour > 12) return TimeFault::kRange;
    if (half_day_ == 0 && time_.hour == 12) time_.hour = 0;
    if (half_day_ == 1 && time_.hour != 12) time_.hour += 12;
    if (time_.kind != ReadTime::kTime) return TimeFault::kNone;
    if ((known_ & kPartSummer) && (time_.zone || !(known_ & kPartZone))) return TimeFault::kFormat;
    return has_date ? TimeFault::kNone : TimeFault::kFormat;
  }

  static constexpr int kTimeAwaited = -1;

  const std::vector<TimeField>* fields_ = nullptr;
  size_t at_ = 0;
  uint32_t known_ = 0, part_ = 0;
  std::optional<int> awaited_;  // kTimeAwaited or a TimeUnit
  bool has_month_name_ = false, has_short_year_ = false, is_astronomical_ = false, is_bc_ = false;
  int half_day_ = -1;
  std::string zone_;
  ReadTime time_;
};

std::string name_in_messages(Base type) {
  return type == Base::kTimestamp ? "timestamp" : name_of(type);
}

void fail_time(Run& run, TimeFault fault, Base type, Text text, const std::string& zone) {
  const std::string quoted_text = "\"" + std::string(text) + "\"";
  switch (fault) {
    case TimeFault::kNone: return;
    case TimeFault::kRange:
      run.fail("22008", "date/time field value out of range: " + quoted_text);
      return;
    case TimeFault::kZoneRange:
      run.fail("22009", "time zone displacement out of range: " + quoted_text);
      return;
    case TimeFault::kZoneUnknown:
      run.fail("22023", "time zone \"" + zone + "\" not recognized");
      return;
    case TimeFault::kVolatile:
      run.fail("0A000",
               quoted_text +
                   " is not supported as a time: it would be another one each time; use the "
                   "column received");
      return;
    case TimeFault::kFormat: break;
  }
  run.fail("22007", "invalid input syntax for type " + name_in_messages(type) + ": " + quoted_text);
}

std::optional<int64_t> read_timestamp(Run& run, Text text, Base type) {
  if (const auto us = read_iso_time(text, type == Base::kTimestamptz)) return us;
  TimeReader reader;
  ReadTime time;
  const TimeFault fault = reader.read(text, time);
  if (fault != TimeFault::kNone) {
    fail_time(run, fault, type, text, reader.zone());
    return std::nullopt;
  }
  switch (time.kind) {
    case ReadTime::kInfinite: return kInfinity;
    case ReadTime::kMinusInfinite: return kMinusInfinity;
    case ReadTime::kEpochStart: return days_of(1970, 1, 1) * kUsPerDay;
    case ReadTime::kTime: break;
  }
  const int64_t of_day =
      time.hour * kUsPerHour + time.minute * kUsPerMinute + time.second * kUsPerSecond + time.us;
  Int128 us = Int128{days_of(time.year, time.month, time.day)} * kUsPerDay + of_day;
  if (type == Base::kTimestamptz) {
    const int east = time.zone ? time.zone->east_where(static_cast<int64_t>(us)) : time.east;
    us -= Int128{east} * kUsPerSecond;
  }
  if (us < kLeastTimestamp || us >= kEndTimestamp) {
    run.fail("22008", "timestamp out of range: \"" + std::string(text) + "\"");
    return std::nullopt;
  }
  return static_cast<int64_t>(us);
}

}  // namespace

template <>
std::optional<Timestamp> read_text(Run& run, Text text) {
  const auto us = read_timestamp(run, text, Base::kTimestamp);
  if (!us) return std::nullopt;
  return Timestamp{*us};
}
template <>
std::optional<Timestamptz> read_text(Run& run, Text text) {
  const auto us = read_timestamp(run, text, Base::kTimestamptz);
  if (!us) return std::nullopt;
  return Timestamptz{*us};
}

template <>
std::optional<Date> read_text(Run& run, Text text) {
  TimeReader reader;
  ReadTime time;
  const TimeFault fault = reader.read(text, time, TimeReader::kMostBytesOfDate);
  if (fault != TimeFault::kNone) {
    fail_time(run, fault, Base::kDate, text, reader.zone());
    return std::nullopt;
  }
  switch (time.kind) {
    case ReadTime::kInfinite: return Date{kInfinityDays};
    case ReadTime::kMinusInfinite: return Date{kMinusInfinityDays};
    case ReadTime::kEpochStart: return Date{static_cast<int32_t>(days_of(1970, 1, 1))};
    case ReadTime::kTime: break;
  }
  const int64_t days = days_of(time.year, time.month, time.day);
  if (days < kLeastDate || days >= kEndDate) {
    run.fail("22008", "date out of range: \"" + std::string(text) + "\"");
    return std::nullopt;
  }
  return Date{static_cast<int32_t>(days)};
}

}  // namespace sql
