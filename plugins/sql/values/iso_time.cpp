#include "values/iso_time.hpp"

#include "values/calendar.hpp"

namespace sql {
namespace {

class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : text_(text) {}

  bool is_at_end() const { return at_ == text_.size(); }
  bool skip(char c) {
    if (is_at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  // A number of exactly so many digits; -1: there is none.
  int digits(size_t count) {
    if (text_.size() - at_ < count) return -1;
    int number = 0;
    for (size_t i = 0; i < count; ++i) {
      const char c = text_[at_ + i];
      if (c < '0' || c > '9') return -1;
      number = 10 * number + (c - '0');
    }
    at_ += count;
    return number;
  }
  // What stands behind the point, in microseconds; -1: not one to six digits.
  int fraction() {
    int us = 0, count = 0;
    for (; !is_at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, ++count) {
      if (count == 6) return -1;
      us = 10 * us + (text_[at_] - '0');
    }
    if (count == 0) return -1;
    for (; count < 6; ++count) us *= 10;
    return us;
  }
  char sign() {
    if (skip('+')) return '+';
    return skip('-') ? '-' : '\0';
  }

 private:
  const std::string_view text_;
  size_t at_ = 0;
};

bool is_within(int number, int least, int greatest) {
  return number >= least && number <= greatest;
}

std::optional<int64_t> read_day(IsoReader& from) {
  const int year = from.digits(4);
  if (year < 1 || !from.skip('-')) return std::nullopt;
  const int month = from.digits(2);
  if (!is_within(month, 1, 12) || !from.skip('-')) return std::nullopt;
  const int day = from.digits(2);
  const int64_t first = days_of(year, month, 1);
  const int64_t next = month == 12 ? days_of(year + 1, 1, 1) : days_of(year, month + 1, 1);
  if (day < 1 || day > next - first) return std::nullopt;
  return first + day - 1;
}

std::optional<int64_t> read_clock(IsoReader& from) {
  const int hour = from.digits(2);
  if (!is_within(hour, 0, 23) || !from.skip(':')) return std::nullopt;
  const int minute = from.digits(2);
  if (!is_within(minute, 0, 59) || !from.skip(':')) return std::nullopt;
  const int second = from.digits(2);
  if (!is_within(second, 0, 59)) return std::nullopt;
  const int us = from.skip('.') ? from.fraction() : 0;
  if (us < 0) return std::nullopt;
  return hour * kUsPerHour + minute * kUsPerMinute + second * kUsPerSecond + us;
}

// East of UTC. PostgreSQL's greatest is 15:59:59 (DecodeTimezone of datetime.c).
std::optional<int64_t> read_offset(IsoReader& from) {
  if (from.skip('Z')) return 0;
  const char sign = from.sign();
  if (sign == '\0') return std::nullopt;
  const int hours = from.digits(2);
  if (!is_within(hours, 0, 15)) return std::nullopt;
  int minutes = 0;
  if (!from.is_at_end()) {
    from.skip(':');
    minutes = from.digits(2);
    if (!is_within(minutes, 0, 59)) return std::nullopt;
  }
  const int64_t us = hours * kUsPerHour + minutes * kUsPerMinute;
  return sign == '+' ? us : -us;
}

}  // namespace

std::optional<int64_t> read_iso_time(std::string_view text, bool has_zone) {
  IsoReader from(text);
  const auto days = read_day(from);
  if (!days || !(from.skip('T') || from.skip(' '))) return std::nullopt;
  const auto clock = read_clock(from);
  if (!clock) return std::nullopt;
  int64_t east = 0;
  if (!from.is_at_end()) {
    const auto offset = read_offset(from);
    if (!offset || !from.is_at_end()) return std::nullopt;
    east = *offset;
  }
  return *days * kUsPerDay + *clock - (has_zone ? east : 0);
}

}  // namespace sql
