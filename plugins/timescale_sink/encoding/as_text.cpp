#include "as_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "conversions.hpp"

namespace timescale_sink {
namespace {

void append(std::string_view text, penstock::Buffer<char>& to) {
  to.append(text.data(), text.size());
}

// The shortest digits that identify the number, with an exponent from 10^kThreshold on and below
// 10^-4 (PostgreSQL, common/d2s.c and f2s.c, to_chars).
template <int kThreshold, class T>
void append_shortest(T value, penstock::Buffer<char>& to) {
  if (std::isnan(value)) return append("NaN", to);
  if (std::isinf(value)) return append(value > 0 ? "Infinity" : "-Infinity", to);
  char text[64];
  auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const std::string_view scientific(text, static_cast<size_t>(end - text));
  int exponent = 0;
  const size_t e = scientific.find('e');
  const size_t sign = scientific[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text + sign, end, exponent);
  if (value == 0 || (exponent >= -4 && exponent < kThreshold)) {
    end = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed).ptr;
  }
  to.append(text, static_cast<size_t>(end - text));
}

struct Day {
  int64_t year;
  unsigned month, day;
};

Day day_of(int64_t days) {
  // std::chrono::year ends at 32767, before timestamptz. 400 years have 146,097 days.
  constexpr int64_t kCycle = 146'097;
  const int64_t cycles = days / kCycle - (days % kCycle < 0 ? 1 : 0);
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days - cycles * kCycle))};
  return {int{date.year()} + cycles * 400, unsigned{date.month()}, unsigned{date.day()}};
}

// The era comes last, after `rest`.
template <class Rest>
void append_dated(int64_t days, penstock::Buffer<char>& to, const Rest& rest) {
  const Day day = day_of(days);
  const bool before_christ = day.year <= 0;
  append(
      fmt::format("{:04}-{:02}-{:02}", before_christ ? 1 - day.year : day.year, day.month, day.day),
      to);
  rest();
  if (before_christ) append(" BC", to);
}

}  // namespace

void append_bool_text(bool value, penstock::Buffer<char>& to) {
  append(value ? "true" : "false", to);
}
void append_integer_text(int64_t value, penstock::Buffer<char>& to) {
  append(fmt::format("{}", value), to);
}
void append_unsigned_text(uint64_t value, penstock::Buffer<char>& to) {
  append(fmt::format("{}", value), to);
}
void append_double_text(double value, penstock::Buffer<char>& to) {
  append_shortest<15>(value, to);
}
void append_float_text(float value, penstock::Buffer<char>& to) { append_shortest<6>(value, to); }

void append_date_text(int64_t day, penstock::Buffer<char>& to) {
  append_dated(day, to, [] {});
}

void append_time_text(int64_t us, penstock::Buffer<char>& to) {
  const int64_t day = us / kUsPerDay - (us % kUsPerDay < 0 ? 1 : 0);
  const int64_t rest = us - day * kUsPerDay, seconds = rest / 1'000'000;
  append_dated(day, to, [&] {
    append(fmt::format(" {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60), to);
    if (const int64_t fraction = rest % 1'000'000) {
      std::string digits = fmt::format(".{:06}", fraction);
      digits.erase(digits.find_last_not_of('0') + 1);
      append(digits, to);
    }
    append("+00", to);
  });
}

bool TimeToText::fits(int64_t value) const { return ToTimestamp{us}.fits(value); }
std::string TimeToText::fault(int64_t value) const { return ToTimestamp{us}.fault(value); }

}  // namespace timescale_sink
