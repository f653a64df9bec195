// Values as text, in PostgreSQL's output format; dates and times are ISO 8601 in UTC.
#pragma once

#include <penstock/builders.hpp>
#include <penstock/decimal.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace timescale_sink {

void append_bool_text(bool value, penstock::Buffer<char>& to);
void append_integer_text(int64_t value, penstock::Buffer<char>& to);
void append_unsigned_text(uint64_t value, penstock::Buffer<char>& to);
void append_double_text(double value, penstock::Buffer<char>& to);
void append_float_text(float value, penstock::Buffer<char>& to);
void append_date_text(int64_t day, penstock::Buffer<char>& to);
void append_time_text(int64_t us, penstock::Buffer<char>& to);

struct ToText {
  template <class From>
  bool fits(From) const {
    return true;
  }
  template <class From>
  std::string fault(From) const {
    return "";
  }
  template <class From>
  void append(From value, penstock::Buffer<char>& to) const {
    if constexpr (std::is_same_v<From, bool>) append_bool_text(value, to);
    else if constexpr (std::is_same_v<From, float>) append_float_text(value, to);
    else if constexpr (std::is_same_v<From, double>) append_double_text(value, to);
    else if constexpr (std::is_unsigned_v<From>) append_unsigned_text(value, to);
    else append_integer_text(value, to);
  }
};

struct DateToText : ToText {
  void append(int32_t day, penstock::Buffer<char>& to) const { append_date_text(day, to); }
};

struct DecimalToText {
  int scale = 0;

  bool fits(penstock::Decimal128) const { return true; }
  std::string fault(penstock::Decimal128) const { return ""; }
  void append(penstock::Decimal128 value, penstock::Buffer<char>& to) const {
    const std::string text = penstock::decimal_text(value, scale);
    to.append(text.data(), text.size());
  }
};

// Within the limits of timestamptz, as in ToTimestamp.
struct TimeToText {
  int64_t us = 1;  // per unit of the column

  bool fits(int64_t value) const;
  std::string fault(int64_t value) const;
  void append(int64_t value, penstock::Buffer<char>& to) const { append_time_text(value * us, to); }
};

}  // namespace timescale_sink
