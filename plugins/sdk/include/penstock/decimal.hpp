// Columns of decimals, "d:PRECISION,SCALE" of 128 bits: whole numbers of 10^-SCALE.
// https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// A value of such a column, in the byte order of the machine's (little-endian ones).
struct Decimal128 {
  uint64_t low = 0;
  int64_t high = 0;

  bool operator==(const Decimal128&) const = default;
};

struct DecimalType {
  int precision = 0;  // 1 to 38
  int scale = 0;      // digits behind the point; may be negative
};

// What "d:19,10" says; nothing for other formats, and for other widths than 128 bits.
inline std::optional<DecimalType> decimal_type(std::string_view format) {
  if (!format.starts_with("d:")) return std::nullopt;
  const char *at = format.data() + 2, *const end = format.data() + format.size();
  DecimalType type;
  int width = 128;
  const auto number = [&](int& to) {
    const auto [stop, error] = std::from_chars(at, end, to);
    at = stop;
    return error == std::errc();
  };
  const auto comma = [&] { return at != end && *at++ == ','; };
  if (!number(type.precision) || !comma() || !number(type.scale)) return std::nullopt;
  if (at != end && (!comma() || !number(width))) return std::nullopt;
  if (at != end || width != 128 || type.precision < 1 || type.precision > 38) return std::nullopt;
  if (type.scale < -38 || type.scale > 38) return std::nullopt;
  return type;
}

namespace detail {

__extension__ typedef unsigned __int128 Uint128;

inline Uint128 magnitude(Decimal128 value) {
  const Uint128 bits = Uint128{static_cast<uint64_t>(value.high)} << 64 | value.low;
  return value.high < 0 ? 0 - bits : bits;
}

}  // namespace detail

// Its digits, without a sign or a point; "0" for zero.
inline std::string decimal_digits(Decimal128 value) {
  detail::Uint128 rest = detail::magnitude(value);
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest > 0);
  return digits;
}

// "-12.50", exactly; with as many digits behind the point as the scale.
inline std::string decimal_text(Decimal128 value, int scale) {
  std::string text = decimal_digits(value);
  if (scale > 0) {
    const auto behind = static_cast<size_t>(scale);
    if (text.size() <= behind) text.insert(0, behind + 1 - text.size(), '0');
    text.insert(text.size() - behind, ".");
  } else if (text != "0") {
    text.append(static_cast<size_t>(-scale), '0');
  }
  return value.high < 0 ? "-" + text : text;
}

// Of a text as decimal_text writes it. Nothing: it is none, or does not fit exactly.
inline std::optional<Decimal128> parse_decimal(std::string_view text, DecimalType type) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const size_t behind = point == text.npos ? 0 : text.size() - point - 1;
  std::string digits(text.substr(0, point));
  if (point != text.npos) digits += text.substr(point + 1);
  if (digits.empty() || point == 0 || (point != text.npos && behind == 0)) return std::nullopt;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  for (int more = type.scale - static_cast<int>(behind); more > 0; --more) digits += '0';
  for (int less = static_cast<int>(behind) - type.scale; less > 0; --less) {
    if (digits.empty()) break;
    if (digits.back() != '0') return std::nullopt;
    digits.pop_back();
  }
  digits.erase(0, digits.find_first_not_of('0'));
  if (digits.size() > static_cast<size_t>(type.precision)) return std::nullopt;
  detail::Uint128 bits = 0;
  for (const char c : digits) bits = bits * 10 + static_cast<unsigned>(c - '0');
  if (negative) bits = 0 - bits;
  return Decimal128{static_cast<uint64_t>(bits),
                    static_cast<int64_t>(static_cast<uint64_t>(bits >> 64))};
}

}  // namespace penstock
