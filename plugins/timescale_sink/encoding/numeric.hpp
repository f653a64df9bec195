// Encodes numbers for numeric, which holds any decimal.
#pragma once

#include <fmt/format.h>
#include <penstock/builders.hpp>
#include <penstock/decimal.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace timescale_sink {

// ±0.DIGITS × 10^point. numeric keeps trailing zeros after the decimal point.
struct Decimal {
  std::string_view digits;
  int point = 0;
  bool negative = false;
};

// What numeric_recv reads: digits of base 10,000 (PostgreSQL, numeric.c).
void append_numeric(const Decimal& decimal, penstock::Buffer<char>& to);
void append_numeric_special(double value, penstock::Buffer<char>& to);  // NaN, ±Infinity

// A double with 15 digits, a float with 6, as in PostgreSQL's casts to numeric (numeric.c,
// float8_numeric; float.h, DBL_DIG).
class DecimalText {
 public:
  template <class From>
  explicit DecimalText(From value) {
    if constexpr (std::is_floating_point_v<From>) {
      constexpr int kDigits = std::is_same_v<From, float> ? 6 : 15;
      const auto end = std::to_chars(text_, text_ + sizeof(text_), std::fabs(value),
                                     std::chars_format::scientific, kDigits - 1);
      read_scientific(std::signbit(value), end.ptr);
      From back = 0;
      std::from_chars(text_, end.ptr, back);
      is_exact_ = back == std::fabs(value);
      strip_point();
    } else {
      const uint64_t size =
          value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
      const auto end = std::to_chars(text_, text_ + sizeof(text_), size);
      decimal_ = {{text_, static_cast<size_t>(end.ptr - text_)},
                  static_cast<int>(end.ptr - text_),
                  value < 0};
    }
    strip_zeros();
  }
  DecimalText(const DecimalText&) = delete;
  DecimalText& operator=(const DecimalText&) = delete;

  const Decimal& decimal() const { return decimal_; }
  // Whether these digits identify the value.
  bool is_exact() const { return is_exact_; }

 private:
  // "d.ddde±xx" up to `end`.
  void read_scientific(bool negative, const char* end);
  void strip_point();
  void strip_zeros();

  char text_[40];
  Decimal decimal_;
  bool is_exact_ = true;
};

// A column without a scale must hold the value exactly; one with a scale rounds.
struct ToNumeric {
  bool rounds = false;

  template <class From>
  bool fits(From value) const {
    if constexpr (std::is_floating_point_v<From>) {
      return rounds || !std::isfinite(value) || DecimalText(value).is_exact();
    }
    return true;
  }
  template <class From>
  std::string fault(From value) const {
    return fmt::format("{} has more digits than PostgreSQL's cast to numeric keeps", value);
  }
  template <class From>
  void append(From value, penstock::Buffer<char>& to) const {
    if constexpr (std::is_floating_point_v<From>) {
      if (!std::isfinite(value)) return append_numeric_special(static_cast<double>(value), to);
    }
    append_numeric(DecimalText(value).decimal(), to);
  }
};

// From decimals of this scale, which numeric holds exactly.
struct DecimalToNumeric {
  int scale = 0;

  bool fits(penstock::Decimal128) const { return true; }
  std::string fault(penstock::Decimal128) const { return ""; }
  void append(penstock::Decimal128 value, penstock::Buffer<char>& to) const;
};

}  // namespace timescale_sink
