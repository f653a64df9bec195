// Casts between the types that have one of their own, and by their texts.
#include <charconv>
#include <cmath>
#include <limits>

#include "catalogue/catalogue.hpp"
#include "values/json_text.hpp"
#include "values/numeric_math.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

template <class T>
constexpr bool kIsInt =
    std::is_same_v<T, int16_t> || std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>;
template <class T>
constexpr bool kIsFloat = std::is_floating_point_v<T>;

template <class T>
void fail_range(Run& run) {
  run.fail("22003", name_of(BaseOf<T>::value) + " out of range");
}

// Of floating point: to the nearest, halves to even. NaN is out of range.
template <class From, class To>
To integer_of_float(Run& run, From value) {
  const From rounded = std::rint(value);
  // Both bounds are exact: a power of two.
  const auto bound = static_cast<From>(std::numeric_limits<To>::min());
  if (!(rounded >= bound && rounded < -bound)) {
    fail_range<To>(run);
    return 0;
  }
  return static_cast<To>(rounded);
}

template <class To>
To integer_of_numeric(Run& run, Numeric value) {
  if (!value.is_finite()) {
    run.fail("0A000", std::string("cannot convert ") +
                          (value.kind == Numeric::kNaN ? "NaN" : "infinity") + " to " +
                          name_of(BaseOf<To>::value));
    return 0;
  }
  const auto whole = to_int64(value);
  if (!whole || *whole < std::numeric_limits<To>::min() ||
      *whole > std::numeric_limits<To>::max()) {
    fail_range<To>(run);
    return 0;
  }
  return static_cast<To>(*whole);
}

template <class From, class To>
To convert_number(Run& run, From value) {
  if constexpr (kIsInt<From> && kIsInt<To>) {
    if (value < std::numeric_limits<To>::min() || value > std::numeric_limits<To>::max())
      fail_range<To>(run);
    return static_cast<To>(value);
  } else if constexpr (kIsInt<From> && kIsFloat<To>) {
    return static_cast<To>(value);
  } else if constexpr (kIsFloat<From> && kIsInt<To>) {
    return integer_of_float<From, To>(run, value);
  } else if constexpr (kIsFloat<From> && kIsFloat<To>) {
    const To result = static_cast<To>(value);
    if (std::isinf(result) && !std::isinf(value)) run.fail("22003", "value out of range: overflow");
    if (result == 0 && value != 0) run.fail("22003", "value out of range: underflow");
    return result;
  } else if constexpr (kIsInt<From>) {
    return Numeric::of(value);
  } else if constexpr (kIsFloat<From>) {
    return to_numeric(run, value, std::numeric_limits<From>::digits10);
  } else if constexpr (kIsInt<To>) {
    return integer_of_numeric<To>(run, value);
  } else if constexpr (std::is_same_v<To, double>) {
    const double result = to_double(value);
    const bool is_zero = value.kind == Numeric::kSmall && value.small == 0;
    if (value.is_finite() && (std::isinf(result) || (result == 0 && !is_zero))) {
      std::string text;
      append_text(text, value);
      run.fail("22003", "\"" + text + "\" is out of range for type double precision");
    }
    return result;
  } else {
    std::string text;
    append_text(text, value);
    return read_text<float>(run, text).value_or(0);
  }
}

template <class From, class... To>
void add_from(Catalogue& to) {
  const auto one = [&]<class Target>(Target*) {
    if constexpr (!std::is_same_v<From, Target>) to.add_cast<convert_number<From, Target>>();
  };
  (one(static_cast<To*>(nullptr)), ...);
}
template <class... All>
void add_between(Catalogue& to) {
  (add_from<All, All...>(to), ...);
}

int32_t integer_of_boolean(bool value) { return value ? 1 : 0; }
bool boolean_of_integer(int32_t value) { return value != 0; }
Text text_of_boolean(bool value) { return value ? "true" : "false"; }

// What messages call it.
std::string_view kind_name(JsonKind kind) {
  return kind == JsonKind::kNumber ? "numeric" : name_of_kind(kind);
}

template <class To>
void fail_kind(Run& run, Json value) {
  const std::string kind(kind_name(value.node->kind));
  run.fail("22023", "cannot cast jsonb " + kind + " to type " + name_of(BaseOf<To>::value));
}

bool boolean_of_json(Run& run, Json value) {
  const JsonKind kind = value.node->kind;
  if (kind != JsonKind::kTrue && kind != JsonKind::kFalse) fail_kind<bool>(run, value);
  return kind == JsonKind::kTrue;
}

template <class To>
To number_of_json(Run& run, Json value) {
  if (value.node->kind != JsonKind::kNumber) {
    fail_kind<To>(run, value);
    return {};
  }
  if constexpr (kIsFloat<To>) {
    // The same as by way of numeric, but for the words of an overflow.
    To number;
    const Text written = value.node->view();
    const auto read = std::from_chars(written.data(), written.data() + written.size(), number);
    if (read.ec == std::errc() && number != 0) return number;
    std::string text;
    append_number(text, written);
    return read_text<To>(run, text).value_or(0);
  } else {
    const Text written = value.node->view();
    if constexpr (kIsInt<To>) {
      // As most are: without a point or an exponent.
      To whole{};
      const auto read = std::from_chars(written.data(), written.data() + written.size(), whole);
      if (read.ec == std::errc() && read.ptr == written.data() + written.size()) return whole;
    }
    const Numeric number = parse_numeric(run, written).value_or(Numeric());
    if constexpr (std::is_same_v<To, Numeric>) return number;
    else return integer_of_numeric<To>(run, number);
  }
}

template <class T>
Text text_of(Run& run, T value) {
  std::string text;
  append_text(text, value);
  return run.arena().copy(text);
}

template <class T>
void add_text_casts(Catalogue& to) {
  if constexpr (!std::is_same_v<T, bool>) to.add_cast<text_of<T>>();
  to.add_cast<read_text<T>>();
}

template <class... T>
void add_texts_of(Catalogue& to) {
  (add_text_casts<T>(to), ...);
}

}  // namespace

void add_casts(Catalogue& to) {
  add_between<int16_t, int32_t, int64_t, float, double, Numeric>(to);
  to.add_cast<integer_of_boolean>();
  to.add_cast<boolean_of_integer>();
  to.add_cast<text_of_boolean>();
  to.add_cast<boolean_of_json>();
  to.add_cast<number_of_json<int16_t>>();
  to.add_cast<number_of_json<int32_t>>();
  to.add_cast<number_of_json<int64_t>>();
  to.add_cast<number_of_json<float>>();
  to.add_cast<number_of_json<double>>();
  to.add_cast<number_of_json<Numeric>>();
  add_texts_of<bool, int16_t, int32_t, int64_t, float, double, Numeric, Bytes, Json, Date,
               Timestamp, Timestamptz, Interval>(to);
}

}  // namespace sql
