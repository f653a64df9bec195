#include "values/numeric_math.hpp"

#include <algorithm>
#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "values/value_text.hpp"

namespace sql {
namespace {

using Big = boost::multiprecision::cpp_int;

// numeric.h and numeric.c: NUMERIC_MAX_DISPLAY_SCALE, NUMERIC_DSCALE_MAX, NUMERIC_MIN_SIG_DIGITS;
// digits before the point that a weight of 16 bits allows.
constexpr int kMostDividedScale = 1000;
constexpr int kMostScale = 16'383;
constexpr int kLeastSignificant = 16;
constexpr int kMostDigits = 131'072;
constexpr int kMostPower = 38;  // of ten in an Int128

constexpr auto kPowers = [] {
  std::array<Int128, kMostPower + 1> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

Big power_of_ten(int exponent) {
  if (exponent <= kMostPower) return Big(kPowers[static_cast<size_t>(exponent)]);
  return boost::multiprecision::pow(Big(10), static_cast<unsigned>(exponent));
}

Big big_of(const Numeric& a) {
  if (a.kind == Numeric::kSmall) return Big(a.small);
  Big value;
  import_bits(value, a.big.limbs, a.big.limbs + a.big.limb_count, 64, false);
  if (a.big.is_negative) value = -value;
  return value;
}

Uint128 magnitude(Int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

int digits_of(Uint128 value) {
  int digits = 1;
  while (digits <= kMostPower &&
         value >= static_cast<Uint128>(kPowers[static_cast<size_t>(digits)])) {
    ++digits;
  }
  return digits;
}

int digits_of(const Big& value) {
  return static_cast<int>(value.str().size()) - (value < 0 ? 1 : 0);
}

int digits_of(const Numeric& a) {
  return a.kind == Numeric::kSmall ? digits_of(magnitude(a.small)) : digits_of(big_of(a));
}

Numeric overflow(Run& run) {
  run.fail("22003", "value overflows numeric format");
  return {};
}

Numeric numeric_of(Run& run, const Big& value, int scale) {
  static const Big least(std::numeric_limits<Int128>::min()),
      most(std::numeric_limits<Int128>::max());
  if (scale > kMostScale) return overflow(run);
  if (value >= least && value <= most) {
    return Numeric::of(static_cast<Int128>(value), static_cast<uint16_t>(scale));
  }
  if (digits_of(value) - scale > kMostDigits) return overflow(run);
  std::vector<uint64_t> limbs;
  export_bits(value, std::back_inserter(limbs), 64, false);
  auto* kept = run.arena().allocate_array<uint64_t>(limbs.size());
  std::copy(limbs.begin(), limbs.end(), kept);
  Numeric number;
  number.kind = Numeric::kBig;
  number.big = {value < 0, static_cast<uint32_t>(limbs.size()), kept};
  number.scale = static_cast<uint16_t>(scale);
  return number;
}

// Whether 10^`exponent` times it still has 128 bits.
bool widen(Int128 value, int exponent, Int128& widened) {
  return exponent <= kMostPower &&
         !__builtin_mul_overflow(value, kPowers[static_cast<size_t>(exponent)], &widened);
}

int scale_of(const Numeric& a, const Numeric& b) { return std::max(a.scale, b.scale); }

Big at_scale(const Numeric& a, int scale) { return big_of(a) * power_of_ten(scale - a.scale); }

Numeric nan() { return Numeric::special(Numeric::kNaN); }
Numeric infinity(bool negative) {
  return Numeric::special(negative ? Numeric::kMinusInfinity : Numeric::kInfinity);
}

bool is_nan(const Numeric& a) { return a.kind == Numeric::kNaN; }
bool are_finite(const Numeric& a, const Numeric& b) { return a.is_finite() && b.is_finite(); }

Numeric add_special(const Numeric& a, const Numeric& b) {
  if (is_nan(a) || is_nan(b)) return nan();
  if (a.is_finite()) return b;
  if (b.is_finite()) return a;
  return a.kind == b.kind ? a : nan();
}

Numeric numeric_division_by_zero(Run& run) {
  run.fail("22012", "division by zero");
  return {};
}

// 0.5 and more leaves zero; `of` is positive.
Big divide_rounded(const Big& value, const Big& of, Rounding rounding) {
  Big quotient, rest;
  divide_qr(value, of, quotient, rest);
  const bool negative = value < 0;
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfAwayFromZero: away = abs(rest) * 2 >= of; break;
    case Rounding::kTowardsZero: break;
    case Rounding::kUp: away = !negative && rest != 0; break;
    case Rounding::kDown: away = negative && rest != 0; break;
  }
  if (away) quotient += negative ? -1 : 1;
  return quotient;
}

Int128 divide_rounded(Int128 value, Int128 of, Rounding rounding) {
  Int128 quotient = value / of;
  const Int128 rest = value % of;
  const bool negative = value < 0;
  bool away = false;
  switch (rounding) {
    case Rounding::kHalfAwayFromZero:
      away = magnitude(rest) >= magnitude(of) - magnitude(rest);
      break;
    case Rounding::kTowardsZero: break;
    case Rounding::kUp: away = !negative && rest != 0; break;
    case Rounding::kDown: away = negative && rest != 0; break;
  }
  return away ? quotient + (negative ? -1 : 1) : quotient;
}

// Weight and first digit to the base of 10,000, in which PostgreSQL keeps it.
struct Leading {
  int weight = 0;
  int digit = 0;
};

int floor_quarter(int value) { return value >= 0 ? value / 4 : -((3 - value) / 4); }

Leading leading_of(const Numeric& a) {
  if (a.kind == Numeric::kSmall && a.small == 0) return {};
  const int digits = digits_of(a);
  const int exponent = digits - 1 - a.scale;
  const int weight = floor_quarter(exponent);
  const int shown = exponent - 4 * weight + 1;
  const int dropped = digits - shown;
  if (a.kind == Numeric::kSmall) {
    const Uint128 value = magnitude(a.small);
    if (dropped >= 0) {
      return {weight, static_cast<int>(
                          value / static_cast<Uint128>(kPowers[static_cast<size_t>(dropped)]))};
    }
    return {weight,
            static_cast<int>(value * static_cast<Uint128>(kPowers[static_cast<size_t>(-dropped)]))};
  }
  return {weight, static_cast<int>(abs(big_of(a)) / power_of_ten(dropped))};
}

// select_div_scale.
int scale_of_quotient(const Numeric& a, const Numeric& b) {
  const Leading one = leading_of(a), other = leading_of(b);
  int weight = one.weight - other.weight;
  if (one.digit <= other.digit) --weight;
  return std::min(std::max(kLeastSignificant - 4 * weight, scale_of(a, b)), kMostDividedScale);
}

Numeric quotient_at(Run& run, const Numeric& a, const Numeric& b, int scale, Rounding rounding) {
  const int shift = scale + b.scale - a.scale;
  Int128 value;
  if (a.kind == Numeric::kSmall && b.kind == Numeric::kSmall && shift >= 0 &&
      widen(a.small, shift, value) && b.small > 0) {
    return Numeric::of(divide_rounded(value, b.small, rounding), static_cast<uint16_t>(scale));
  }
  Big above = big_of(a), below = big_of(b);
  if (shift >= 0) above *= power_of_ten(shift);
  else below *= power_of_ten(-shift);
  if (below < 0) {
    above = -above;
    below = -below;
  }
  return numeric_of(run, divide_rounded(above, below, rounding), scale);
}

// Where a or b is NaN or infinite; `whole`: the quotient has no fraction.
Numeric divide_special(Run& run, const Numeric& a, const Numeric& b) {
  if (is_nan(a) || is_nan(b)) return nan();
  if (!a.is_finite()) {
    if (!b.is_finite()) return nan();
    if (sign(b) == 0) return numeric_division_by_zero(run);
    return infinity((sign(a) < 0) != (sign(b) < 0));
  }
  return Numeric::of(0);
}

}  // namespace

Numeric add(Run& run, const Numeric& a, const Numeric& b) {
  if (a.kind == Numeric::kSmall && b.kind == Numeric::kSmall) {
    const int scale = scale_of(a, b);
    Int128 one, other, sum;
    if (widen(a.small, scale - a.scale, one) && widen(b.small, scale - b.scale, other) &&
        !__builtin_add_overflow(one, other, &sum)) {
      return Numeric::of(sum, static_cast<uint16_t>(scale));
    }
  }
  if (!are_finite(a, b)) return add_special(a, b);
  const int scale = scale_of(a, b);
  return numeric_of(run, at_scale(a, scale) + at_scale(b, scale), scale);
}

Numeric subtract(Run& run, const Numeric& a, const Numeric& b) {
  return add(run, a, negate(run, b));
}

Numeric multiply(Run& run, const Numeric& a, const Numeric& b) {
  const int scale = a.scale + b.scale;
  if (a.kind == Numeric::kSmall && b.kind == Numeric::kSmall && scale <= kMostScale) {
    Int128 product;
    if (!__builtin_mul_overflow(a.small, b.small, &product)) {
      return Numeric::of(product, static_cast<uint16_t>(scale));
    }
  }
  if (!are_finite(a, b)) {
    if (is_nan(a) || is_nan(b) || sign(a) == 0 || sign(b) == 0) return nan();
    return infinity((sign(a) < 0) != (sign(b) < 0));
  }
  const Big product = big_of(a) * big_of(b);
  if (scale <= kMostScale) return numeric_of(run, product, scale);
  return numeric_of(
      run, divide_rounded(product, power_of_ten(scale - kMostScale), Rounding::kHalfAwayFromZero),
      kMostScale);
}

Numeric divide(Run& run, const Numeric& a, const Numeric& b) {
  if (!are_finite(a, b)) return divide_special(run, a, b);
  if (sign(b) == 0) return numeric_division_by_zero(run);
  return quotient_at(run, a, b, scale_of_quotient(a, b), Rounding::kHalfAwayFromZero);
}

Numeric divide_to_whole(Run& run, const Numeric& a, const Numeric& b) {
  if (!are_finite(a, b)) return divide_special(run, a, b);
  if (sign(b) == 0) return numeric_division_by_zero(run);
  return quotient_at(run, a, b, 0, Rounding::kTowardsZero);
}

Numeric remainder(Run& run, const Numeric& a, const Numeric& b) {
  if (!are_finite(a, b)) {
    if (is_nan(a) || is_nan(b)) return nan();
    if (!a.is_finite())
      return sign(b) == 0 && b.is_finite() ? numeric_division_by_zero(run) : nan();
    return a;
  }
  if (sign(b) == 0) return numeric_division_by_zero(run);
  const int scale = scale_of(a, b);
  if (a.kind == Numeric::kSmall && b.kind == Numeric::kSmall) {
    Int128 one, other;
    if (widen(a.small, scale - a.scale, one) && widen(b.small, scale - b.scale, other)) {
      return Numeric::of(other == -1 ? 0 : one % other, static_cast<uint16_t>(scale));
    }
  }
  return numeric_of(run, at_scale(a, scale) % at_scale(b, scale), scale);
}

Numeric negate(Run& run, const Numeric& a) {
  switch (a.kind) {
    case Numeric::kSmall: {
      Int128 negated;
      if (__builtin_sub_overflow(Int128{0}, a.small, &negated)) break;
      return Numeric::of(negated, a.scale);
    }
    case Numeric::kBig: break;
    case Numeric::kNaN: return a;
    case Numeric::kInfinity: return infinity(true);
    case Numeric::kMinusInfinity: return infinity(false);
  }
  return numeric_of(run, -big_of(a), a.scale);
}

Numeric absolute(Run& run, const Numeric& a) { return sign(a) < 0 ? negate(run, a) : a; }

Numeric round(Run& run, const Numeric& a, int32_t digits, Rounding rounding) {
  if (!a.is_finite()) return a;
  digits = std::clamp(digits, -kMostDigits - 1, kMostScale);
  const int dropped = a.scale - digits;
  const bool is_to_nearest = rounding == Rounding::kHalfAwayFromZero;
  if (dropped > digits_of(a) && (is_to_nearest || rounding == Rounding::kTowardsZero))
    return Numeric::of(0, static_cast<uint16_t>(std::max(digits, 0)));
  if (dropped <= 0) {
    Int128 widened;
    if (a.kind == Numeric::kSmall && widen(a.small, -dropped, widened)) {
      return Numeric::of(widened, static_cast<uint16_t>(digits));
    }
    return numeric_of(run, at_scale(a, digits), digits);
  }
  const int scale = std::max(digits, 0);
  if (a.kind == Numeric::kSmall && dropped <= kMostPower) {
    const Int128 kept = divide_rounded(a.small, kPowers[static_cast<size_t>(dropped)], rounding);
    Int128 widened;
    if (widen(kept, scale - digits, widened)) {
      return Numeric::of(widened, static_cast<uint16_t>(scale));
    }
  }
  const Big kept = divide_rounded(big_of(a), power_of_ten(dropped), rounding);
  return numeric_of(run, kept * power_of_ten(scale - digits), scale);
}

std::strong_ordering compare(const Numeric& a, const Numeric& b) {
  if (!are_finite(a, b)) {
    const auto place = [](const Numeric& n) {
      switch (n.kind) {
        case Numeric::kMinusInfinity: return 0;
        case Numeric::kInfinity: return 2;
        case Numeric::kNaN: return 3;
        default: return 1;
      }
    };
    return place(a) <=> place(b);
  }
  const int scale = scale_of(a, b);
  if (a.kind == Numeric::kSmall && b.kind == Numeric::kSmall) {
    Int128 one, other;
    if (widen(a.small, scale - a.scale, one) && widen(b.small, scale - b.scale, other)) {
      return one <=> other;
    }
  }
  const int order = at_scale(a, scale).compare(at_scale(b, scale));
  return order <=> 0;
}

int sign(const Numeric& a) {
  switch (a.kind) {
    case Numeric::kSmall: return a.small > 0 ? 1 : a.small < 0 ? -1 : 0;
    case Numeric::kBig: return a.big.is_negative ? -1 : 1;
    case Numeric::kInfinity: return 1;
    case Numeric::kMinusInfinity: return -1;
    default: return 0;
  }
}

void append_text(std::string& to, const Numeric& a) {
  switch (a.kind) {
    case Numeric::kNaN: to += "NaN"; return;
    case Numeric::kInfinity: to += "Infinity"; return;
    case Numeric::kMinusInfinity: to += "-Infinity"; return;
    default: break;
  }
  if (sign(a) < 0) to += '-';
  char small[48];
  std::string big;
  std::string_view digits;
  if (a.kind == Numeric::kSmall) {
    char* const end = small + sizeof(small);
    char* at = end;
    for (Uint128 rest = magnitude(a.small); rest > 0 || at == end; rest /= 10) {
      *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    digits = {at, static_cast<size_t>(end - at)};
  } else {
    big = Big(abs(big_of(a))).str();
    digits = big;
  }
  if (a.scale == 0) {
    to += digits;
    return;
  }
  if (digits.size() <= a.scale) {
    to += "0.";
    to.append(a.scale - digits.size(), '0');
    to += digits;
    return;
  }
  to += digits.substr(0, digits.size() - a.scale);
  to += '.';
  to += digits.substr(digits.size() - a.scale);
}

double to_double(const Numeric& a) {
  switch (a.kind) {
    case Numeric::kNaN: return std::nan("");
    case Numeric::kInfinity: return HUGE_VAL;
    case Numeric::kMinusInfinity: return -HUGE_VAL;
    default: break;
  }
  // Both exact as doubles, so that the quotient is rounded once.
  constexpr Uint128 kExact = Uint128{1} << 53;
  if (a.kind == Numeric::kSmall && a.scale <= 22 && magnitude(a.small) <= kExact) {
    return static_cast<double>(static_cast<int64_t>(a.small)) /
           static_cast<double>(kPowers[a.scale]);
  }
  std::string text;
  append_text(text, a);
  return std::strtod(text.c_str(), nullptr);
}

Numeric to_numeric(Run& run, double value, int significant_digits) {
  if (std::isnan(value)) return nan();
  if (std::isinf(value)) return infinity(value < 0);
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::general,
                                 significant_digits);
  return parse_numeric(run, {text, static_cast<size_t>(end.ptr - text)}).value_or(Numeric());
}

std::optional<int64_t> to_int64(const Numeric& a) {
  Int128 value;
  if (a.kind == Numeric::kSmall && a.scale <= kMostPower) {
    value = divide_rounded(a.small, kPowers[a.scale], Rounding::kHalfAwayFromZero);
  } else {
    const Big rounded =
        divide_rounded(big_of(a), power_of_ten(a.scale), Rounding::kHalfAwayFromZero);
    if (abs(rounded) > Big(kPowers[20])) return std::nullopt;
    value = static_cast<Int128>(rounded);
  }
  if (value < INT64_MIN || value > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(value);
}

Numeric fit(Run& run, const Numeric& a, int32_t precision, int32_t scale) {
  if (is_nan(a)) return a;
  if (!a.is_finite()) {
    run.fail("22003", "numeric field overflow");
    return {};
  }
  Numeric rounded = round(run, a, scale, Rounding::kHalfAwayFromZero);
  if (sign(rounded) != 0 && digits_of(rounded) - rounded.scale > precision - scale) {
    run.fail("22003", "numeric field overflow");
  }
  return rounded;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equals_lower(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char one, char other) { return (one | 0x20) == other; });
}

std::optional<Numeric> special_of(std::string_view text) {
  if (equals_lower(text, "nan")) return nan();
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (equals_lower(text, "infinity") || equals_lower(text, "inf")) return infinity(negative);
  return std::nullopt;
}

// sign digits [. digits] [e exponent], as they stand in a text.
struct Written {
  bool negative = false;
  std::string_view whole, fraction;
  int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

bool read(std::string_view text, Written& written) {
  written.negative = take_sign(text);
  written.whole = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    written.fraction = take_digits(text);
  }
  if (written.whole.empty() && written.fraction.empty()) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || !text.empty()) return false;
  int64_t exponent = 0;
  for (const char c : digits) exponent = std::min<int64_t>(10 * exponent + (c - '0'), INT32_MAX);
  written.exponent = negative ? -exponent : exponent;
  return true;
}

}  // namespace

std::optional<Numeric> parse_numeric(Run& run, std::string_view text) {
  const std::string_view number = without_spaces(text);
  Written written;
  if (!read(number, written)) {
    if (const auto special = special_of(number)) return special;
    run.fail("22P02", "invalid input syntax for type numeric: \"" + std::string(text) + "\"");
    return std::nullopt;
  }
  const auto fail = [&] {
    overflow(run);
    return std::nullopt;
  };
  if (std::abs(written.exponent) >= INT32_MAX / 2) return fail();
  const int64_t scale = static_cast<int64_t>(written.fraction.size()) - written.exponent;
  if (scale > kMostScale) return fail();
  const size_t zeros = scale < 0 ? static_cast<size_t>(-scale) : 0;
  const auto shown = static_cast<uint16_t>(std::max<int64_t>(scale, 0));
  const size_t digits = written.whole.size() + written.fraction.size() + zeros;
  if (digits <= static_cast<size_t>(kMostPower)) {
    Int128 value = 0;
    for (const std::string_view part : {written.whole, written.fraction}) {
      for (const char c : part) value = 10 * value + (c - '0');
    }
    value *= kPowers[zeros];
    return Numeric::of(written.negative ? -value : value, shown);
  }
  std::string all(written.whole);
  all += written.fraction;
  all.erase(0, all.find_first_not_of('0'));
  if (all.empty()) return Numeric::of(0, shown);
  if (static_cast<int64_t>(all.size()) - scale > kMostDigits) return fail();
  all.append(zeros, '0');
  const Big value(all);
  return numeric_of(run, written.negative ? Big(-value) : value, shown);
}

}  // namespace sql
