#include "numeric.hpp"

#include <algorithm>
#include <cstring>

#include "wire.hpp"

namespace timescale_sink {
namespace {

// The signs of numeric's external form (numeric.c, NUMERIC_NEG and others).
constexpr uint16_t kPositive = 0x0000, kNegative = 0x4000, kNan = 0xC000, kInfinite = 0xD000,
                   kMinusInfinite = 0xF000;
constexpr int kDigitsOfBase = 4;

int floor_of(int value, int by) { return value >= 0 ? value / by : -((by - 1 - value) / by); }

}  // namespace

void append_numeric(const Decimal& decimal, penstock::Buffer<char>& to) {
  const int count = static_cast<int>(decimal.digits.size());
  const int scale = std::max(0, count - decimal.point);
  // The first and the last digit of base 10,000, counted from the point.
  const int weight = count == 0 ? 0 : floor_of(decimal.point - 1, kDigitsOfBase);
  const int last = count == 0 ? 1 : floor_of(decimal.point - count, kDigitsOfBase);
  const int groups = weight - last + 1;
  char* const begin = to.room(8 + 2 * static_cast<size_t>(groups));
  char* at = begin;
  put(at, static_cast<int16_t>(groups));
  put(at, static_cast<int16_t>(weight));
  put(at, static_cast<uint16_t>(decimal.negative && count > 0 ? kNegative : kPositive));
  put(at, static_cast<int16_t>(scale));
  for (int group = weight; group >= last; --group) {
    int16_t value = 0;
    for (int i = kDigitsOfBase - 1; i >= 0; --i) {
      const int place = decimal.point - 1 - (group * kDigitsOfBase + i);
      const bool is_there = place >= 0 && place < count;
      value = static_cast<int16_t>(
          value * 10 + (is_there ? decimal.digits[static_cast<size_t>(place)] - '0' : 0));
    }
    put(at, value);
  }
  to.grow(static_cast<size_t>(at - begin));
}

void append_numeric_special(double value, penstock::Buffer<char>& to) {
  char* const begin = to.room(8);
  char* at = begin;
  put(at, int32_t{0});  // no digits, no weight
  put(at, std::isnan(value) ? kNan : value > 0 ? kInfinite : kMinusInfinite);
  put(at, int16_t{0});
  to.grow(static_cast<size_t>(at - begin));
}

void DecimalToNumeric::append(penstock::Decimal128 value, penstock::Buffer<char>& to) const {
  const std::string digits = penstock::decimal_digits(value);
  append_numeric({digits, static_cast<int>(digits.size()) - scale, value.high < 0}, to);
}

void DecimalText::read_scientific(bool negative, const char* end) {
  const char* const e = std::find(static_cast<const char*>(text_), end, 'e');
  int exponent = 0;
  const char* const sign = e + 1;
  std::from_chars(sign + (*sign == '+' ? 1 : 0), end, exponent);
  decimal_ = {{text_, static_cast<size_t>(e - text_)}, exponent + 1, negative};
}

void DecimalText::strip_point() {
  if (decimal_.digits.size() < 2) return;
  std::memmove(text_ + 1, text_ + 2, decimal_.digits.size() - 2);
  decimal_.digits.remove_suffix(1);
}

void DecimalText::strip_zeros() {
  while (!decimal_.digits.empty() && decimal_.digits.back() == '0')
    decimal_.digits.remove_suffix(1);
}

}  // namespace timescale_sink
