#include "values/value_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "values/hex.hpp"
#include "values/json_text.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

template <class T>
void append_integer(std::string& to, T value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  to.append(text, end.ptr);
}

// Whether digits × 10^exponent lies exactly half-way between the value and a neighbour of it. Both
// are compared as an odd number times a power of two.
template <class T>
bool is_half_way(T value, uint64_t digits, int exponent) {
  int binary = 0;
  const T fraction = std::frexp(std::fabs(value), &binary);
  constexpr int kBits = std::numeric_limits<T>::digits;
  const auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, kBits));
  if (mantissa % 2 != 0 || digits == 0) return false;
  int power = exponent;
  for (; exponent > 0; --exponent) {
    if (digits > UINT64_MAX / 5) return false;
    digits *= 5;
  }
  for (; exponent < 0; ++exponent) {
    if (digits % 5 != 0) return false;
    digits /= 5;
  }
  for (; digits % 2 == 0; digits /= 2) ++power;
  return power == binary - kBits - 1 && (digits == 2 * mantissa + 1 || digits == 2 * mantissa - 1);
}

// Text in scientific notation of a number half-way between the value and a neighbour is read back
// as the value, since that is even, but PostgreSQL writes one digit more (ryu's acceptBounds of
// d2s.c).
template <class T>
bool is_too_short(T value, std::string_view scientific, int exponent) {
  uint64_t digits = 0;
  for (const char c : scientific.substr(0, scientific.find('e'))) {
    if (c == '-') continue;
    if (c == '.') exponent -= static_cast<int>(scientific.find('e') - scientific.find('.')) - 1;
    else digits = digits * 10 + static_cast<uint64_t>(c - '0');
  }
  return is_half_way(value, digits, exponent);
}

// As many digits as it takes to be read back as the same (extra_float_digits 1); with an exponent
// where printf's %g would have one, for `digits` digits.
template <class T>
void append_float(std::string& to, T value, int digits) {
  if (std::isnan(value)) {
    to += "NaN";
    return;
  }
  if (std::isinf(value)) {
    to += value < 0 ? "-Infinity" : "Infinity";
    return;
  }
  char text[64];
  auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific);
  const std::string_view scientific(text, static_cast<size_t>(end.ptr - text));
  int exponent = 0;
  const size_t e = scientific.find('e');
  std::from_chars(scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1),
                  scientific.data() + scientific.size(), exponent);
  if (exponent < -4 || exponent >= digits) {
    if (is_too_short(value, scientific, exponent)) {
      // With one more it may be the same number still.
      int behind_point = static_cast<int>(e) - (text[0] == '-');
      behind_point -= behind_point > 1 ? 1 : 0;
      do {
        end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific,
                            behind_point++);
      } while (std::string_view(text, end.ptr).find("0e") != std::string_view::npos);
    }
    to.append(text, end.ptr);
    return;
  }
  end = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed);
  to.append(text, end.ptr);
}

std::string quoted(Text text) { return "\"" + std::string(text) + "\""; }

template <class T>
std::nullopt_t fail_syntax(Run& run, Text text) {
  run.fail("22P02",
           "invalid input syntax for type " + name_of(BaseOf<T>::value) + ": " + quoted(text));
  return std::nullopt;
}

// pg_strtoint32: what is too large is so whatever follows.
template <class T>
std::optional<T> read_integer(Run& run, Text text) {
  Text rest = text;
  rest.remove_prefix(std::min(rest.find_first_not_of(kSpaces), rest.size()));
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty() || rest[0] < '0' || rest[0] > '9') return fail_syntax<T>(run, text);
  T value = 0;
  while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
    const auto digit = static_cast<T>(rest[0] - '0');
    if (__builtin_mul_overflow(value, T{10}, &value) ||
        __builtin_sub_overflow(value, digit, &value)) {
      run.fail("22003",
               "value " + quoted(text) + " is out of range for type " + name_of(BaseOf<T>::value));
      return std::nullopt;
    }
    rest.remove_prefix(1);
  }
  if (rest.find_first_not_of(kSpaces) != rest.npos) return fail_syntax<T>(run, text);
  if (negative) return value;
  if (value == std::numeric_limits<T>::min()) {
    run.fail("22003",
             "value " + quoted(text) + " is out of range for type " + name_of(BaseOf<T>::value));
    return std::nullopt;
  }
  return static_cast<T>(-value);
}

double convert(const char* text, char** end, double) { return std::strtod(text, end); }
float convert(const char* text, char** end, float) { return std::strtof(text, end); }

// float8in leaves all but the plainest to strtod.
template <class T>
std::optional<T> read_float(Run& run, Text text) {
  T value;
  const auto plain = std::from_chars(text.data(), text.data() + text.size(), value);
  if (plain.ec == std::errc() && plain.ptr == text.data() + text.size() && std::isfinite(value) &&
      value != 0) {
    return value;
  }
  const std::string_view trimmed = without_spaces(text);
  if (trimmed.empty()) return fail_syntax<T>(run, text);
  const std::string copy(trimmed);
  char* end = nullptr;
  errno = 0;
  value = convert(copy.c_str(), &end, T{});
  if (end != copy.c_str() + copy.size()) return fail_syntax<T>(run, text);
  if (errno == ERANGE && (value == 0 || std::isinf(value))) {
    run.fail("22003", quoted(trimmed) + " is out of range for type " + name_of(BaseOf<T>::value));
    return std::nullopt;
  }
  return value;
}

bool is_start_of(std::string_view text, std::string_view word, size_t least) {
  return text.size() >= least && text.size() <= word.size() &&
         std::equal(text.begin(), text.end(), word.begin(), [](char one, char other) {
           return (one >= 'A' && one <= 'Z' ? one | 0x20 : one) == other;
         });
}

std::optional<Bytes> read_hex(Run& run, Text digits) {
  char* const bytes = run.arena().allocate(digits.size() / 2);
  char* to = bytes;
  for (size_t i = 0; i < digits.size();) {
    if (kSpaces.find(digits[i]) != kSpaces.npos) {
      ++i;
      continue;
    }
    const int high = hex_digit(digits[i]);
    if (high < 0) {
      run.fail("22023", "invalid hexadecimal digit: " + quoted(digits.substr(i, 1)));
      return std::nullopt;
    }
    if (++i == digits.size()) {
      run.fail("22023", "invalid hexadecimal data: odd number of digits");
      return std::nullopt;
    }
    const int low = hex_digit(digits[i]);
    if (low < 0) {
      run.fail("22023", "invalid hexadecimal digit: " + quoted(digits.substr(i, 1)));
      return std::nullopt;
    }
    *to++ = static_cast<char>(high << 4 | low);
    ++i;
  }
  return Bytes{{bytes, static_cast<size_t>(to - bytes)}};
}

bool is_octal(char c, char most) { return c >= '0' && c <= most; }

}  // namespace

std::string_view without_spaces(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

void append_text(std::string& to, bool value) { to += value ? 't' : 'f'; }
void append_text(std::string& to, int16_t value) { append_integer(to, value); }
void append_text(std::string& to, int32_t value) { append_integer(to, value); }
void append_text(std::string& to, int64_t value) { append_integer(to, value); }
void append_text(std::string& to, float value) { append_float(to, value, 6); }
void append_text(std::string& to, double value) { append_float(to, value, 15); }
void append_text(std::string& to, Text value) { to += value; }
void append_text(std::string& to, Bytes value) {
  to += "\\x";
  for (const char c : value.bytes) {
    to += kHexDigits[static_cast<unsigned char>(c) >> 4];
    to += kHexDigits[c & 15];
  }
}
void append_text(std::string& to, Json value) { append_json(to, value.node); }

void append_text(std::string& to, Type type, const void* value) {
  if (type.is_array) return append_text(to, *static_cast<const Array*>(value));
  switch (type.base) {
    case Base::kBoolean: return append_text(to, *static_cast<const bool*>(value));
    case Base::kSmallint: return append_text(to, *static_cast<const int16_t*>(value));
    case Base::kInteger: return append_text(to, *static_cast<const int32_t*>(value));
    case Base::kBigint: return append_text(to, *static_cast<const int64_t*>(value));
    case Base::kReal: return append_text(to, *static_cast<const float*>(value));
    case Base::kDouble: return append_text(to, *static_cast<const double*>(value));
    case Base::kNumeric: return append_text(to, *static_cast<const Numeric*>(value));
    case Base::kUnknown:
    case Base::kText: return append_text(to, *static_cast<const Text*>(value));
    case Base::kBytea: return append_text(to, *static_cast<const Bytes*>(value));
    case Base::kJsonb: return append_text(to, *static_cast<const Json*>(value));
    case Base::kDate: return append_text(to, *static_cast<const Date*>(value));
    case Base::kTimestamp: return append_text(to, *static_cast<const Timestamp*>(value));
    case Base::kTimestamptz: return append_text(to, *static_cast<const Timestamptz*>(value));
    case Base::kInterval: return append_text(to, *static_cast<const Interval*>(value));
    default: return;
  }
}

namespace {

template <class T>
bool read_into(Run& run, Text text, void* value) {
  const std::optional<T> read = read_text<T>(run, text);
  if (read) *static_cast<T*>(value) = *read;
  return read.has_value();
}

}  // namespace

bool read_text(Run& run, Type type, Text text, void* value) {
  if (type.is_array) {
    const auto read = read_array(run, type.base, text);
    if (read) *static_cast<Array*>(value) = *read;
    return read.has_value();
  }
  switch (type.base) {
    case Base::kBoolean: return read_into<bool>(run, text, value);
    case Base::kSmallint: return read_into<int16_t>(run, text, value);
    case Base::kInteger: return read_into<int32_t>(run, text, value);
    case Base::kBigint: return read_into<int64_t>(run, text, value);
    case Base::kReal: return read_into<float>(run, text, value);
    case Base::kDouble: return read_into<double>(run, text, value);
    case Base::kNumeric: return read_into<Numeric>(run, text, value);
    case Base::kBytea: return read_into<Bytes>(run, text, value);
    case Base::kJsonb: return read_into<Json>(run, text, value);
    case Base::kDate: return read_into<Date>(run, text, value);
    case Base::kTimestamp: return read_into<Timestamp>(run, text, value);
    case Base::kTimestamptz: return read_into<Timestamptz>(run, text, value);
    case Base::kInterval: return read_into<Interval>(run, text, value);
    default: return read_into<Text>(run, text, value);
  }
}

template <>
std::optional<int16_t> read_text(Run& run, Text text) {
  return read_integer<int16_t>(run, text);
}
template <>
std::optional<int32_t> read_text(Run& run, Text text) {
  return read_integer<int32_t>(run, text);
}
template <>
std::optional<int64_t> read_text(Run& run, Text text) {
  return read_integer<int64_t>(run, text);
}
template <>
std::optional<float> read_text(Run& run, Text text) {
  return read_float<float>(run, text);
}
template <>
std::optional<double> read_text(Run& run, Text text) {
  return read_float<double>(run, text);
}
template <>
std::optional<Numeric> read_text(Run& run, Text text) {
  return parse_numeric(run, text);
}
template <>
std::optional<Text> read_text(Run&, Text text) {
  return text;
}

template <>
std::optional<bool> read_text(Run& run, Text text) {
  const std::string_view word = without_spaces(text);
  if (is_start_of(word, "true", 1) || is_start_of(word, "yes", 1) || is_start_of(word, "on", 2) ||
      word == "1") {
    return true;
  }
  if (is_start_of(word, "false", 1) || is_start_of(word, "no", 1) || is_start_of(word, "off", 2) ||
      word == "0") {
    return false;
  }
  return fail_syntax<bool>(run, text);
}

template <>
std::optional<Bytes> read_text(Run& run, Text text) {
  if (text.starts_with("\\x")) return read_hex(run, text.substr(2));
  char* const bytes = run.arena().allocate(text.size());
  char* to = bytes;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      *to++ = text[i++];
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      *to++ = '\\';
      i += 2;
    } else if (i + 3 < text.size() && is_octal(text[i + 1], '3') && is_octal(text[i + 2], '7') &&
               is_octal(text[i + 3], '7')) {
      *to++ = static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
                                (text[i + 3] - '0'));
      i += 4;
    } else {
      run.fail("22P02", "invalid input syntax for type bytea");
      return std::nullopt;
    }
  }
  return Bytes{{bytes, static_cast<size_t>(to - bytes)}};
}

template <>
std::optional<Json> read_text(Run& run, Text text) {
  // A copy, since not every text may be read beyond its end.
  const JsonNode* node = run.json_reader().read(run, run.arena().copy(text));
  if (node == nullptr) return std::nullopt;
  return Json{node};
}

size_t size_of(Type type) {
  if (type.is_array) return sizeof(Array);
  switch (type.base) {
    case Base::kBoolean: return sizeof(bool);
    case Base::kSmallint: return sizeof(int16_t);
    case Base::kInteger:
    case Base::kReal:
    case Base::kDate: return sizeof(int32_t);
    case Base::kNumeric: return sizeof(Numeric);
    case Base::kUnknown:
    case Base::kText:
    case Base::kBytea: return sizeof(Text);
    case Base::kInterval: return sizeof(Interval);
    default: return sizeof(int64_t);
  }
}

}  // namespace sql
