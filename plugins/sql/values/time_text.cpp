// Texts of dates, timestamps and intervals: ISO, and the interval style "postgres"
// (EncodeDateTime, EncodeInterval of PostgreSQL's datetime.c).
#include <cstdlib>

#include "values/times.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

void append_padded(std::string& to, int64_t value, size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) to.append(width - digits.size(), '0');
  to += digits;
}

// "05", "05.25".
void append_seconds(std::string& to, int64_t us) {
  append_padded(to, us / kUsPerSecond, 2);
  const int64_t fraction = us % kUsPerSecond;
  if (fraction == 0) return;
  to += '.';
  append_padded(to, fraction, 6);
  while (to.back() == '0') to.pop_back();
}

void append_clock(std::string& to, int64_t us) {
  append_padded(to, us / kUsPerHour, 2);
  to += ':';
  append_padded(to, us / kUsPerMinute % 60, 2);
  to += ':';
  append_seconds(to, us % kUsPerMinute);
}

// Without the era.
void append_date(std::string& to, const Civil& date) {
  append_padded(to, date.year > 0 ? date.year : 1 - date.year, 4);
  to += '-';
  append_padded(to, date.month, 2);
  to += '-';
  append_padded(to, date.day, 2);
}

void append_moment(std::string& to, int64_t us, const char* zone) {
  if (us == kInfinity || us == kMinusInfinity) {
    to += us == kInfinity ? "infinity" : "-infinity";
    return;
  }
  const int64_t days = floor_divide(us, kUsPerDay);
  const Civil date = civil_of(days);
  append_date(to, date);
  to += ' ';
  append_clock(to, us - days * kUsPerDay);
  to += zone;
  if (date.year <= 0) to += " BC";
}

class IntervalText {
 public:
  explicit IntervalText(std::string& to) : to_(to), begin_(to.size()) {}
  // "3 days"; after something negative with a sign.
  void add(int64_t count, const char* unit) {
    if (count == 0) return;
    space();
    if (was_negative_ && count > 0) to_ += '+';
    to_ += std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
    was_negative_ = count < 0;
  }
  void add_clock(int64_t us) {
    if (us == 0 && to_.size() > begin_) return;
    space();
    if (us < 0) to_ += '-';
    else if (was_negative_) to_ += '+';
    // The hours of the least number have no positive one.
    const uint64_t size = us < 0 ? 0 - static_cast<uint64_t>(us) : static_cast<uint64_t>(us);
    append_padded(to_, static_cast<int64_t>(size / kUsPerHour), 2);
    to_ += ':';
    append_padded(to_, static_cast<int64_t>(size / kUsPerMinute % 60), 2);
    to_ += ':';
    append_seconds(to_, static_cast<int64_t>(size % kUsPerMinute));
  }

 private:
  void space() {
    if (to_.size() > begin_) to_ += ' ';
  }
  std::string& to_;
  const size_t begin_;
  bool was_negative_ = false;
};

}  // namespace

void append_text(std::string& to, Date value) {
  if (value.days == kInfinityDays || value.days == kMinusInfinityDays) {
    to += value.days == kInfinityDays ? "infinity" : "-infinity";
    return;
  }
  const Civil date = civil_of(value.days);
  append_date(to, date);
  if (date.year <= 0) to += " BC";
}
void append_text(std::string& to, Timestamp value) { append_moment(to, value.us, ""); }
void append_text(std::string& to, Timestamptz value) { append_moment(to, value.us, "+00"); }

void append_text(std::string& to, Interval value) {
  IntervalText text(to);
  text.add(value.months / 12, "year");
  text.add(value.months % 12, "mon");
  text.add(value.days, "day");
  text.add_clock(value.us);
}

}  // namespace sql
