// + - * / % ^ & | # ~ << >> of numbers.
#include <cmath>

#include "catalogue/catalogue.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

template <class T>
void out_of_range(Run& run) {
  run.fail("22003", name_of(BaseOf<T>::value) + " out of range");
}

void division_by_zero(Run& run) { run.fail("22012", "division by zero"); }

// Integers: an overflow is an error. Where two types meet, the wider is that of the result.
template <class A, class B>
using Wider = std::conditional_t<(sizeof(A) >= sizeof(B)), A, B>;

template <class A, class B>
Wider<A, B> add_integers(Run& run, A a, B b) {
  Wider<A, B> result;
  if (__builtin_add_overflow(a, b, &result)) out_of_range<Wider<A, B>>(run);
  return result;
}
template <class A, class B>
Wider<A, B> subtract_integers(Run& run, A a, B b) {
  Wider<A, B> result;
  if (__builtin_sub_overflow(a, b, &result)) out_of_range<Wider<A, B>>(run);
  return result;
}
template <class A, class B>
Wider<A, B> multiply_integers(Run& run, A a, B b) {
  Wider<A, B> result;
  if (__builtin_mul_overflow(a, b, &result)) out_of_range<Wider<A, B>>(run);
  return result;
}
template <class A, class B>
Wider<A, B> divide_integers(Run& run, A a, B b) {
  using Result = Wider<A, B>;
  if (b == 0) {
    division_by_zero(run);
    return 0;
  }
  if (b == -1) {
    Result result;
    if (__builtin_sub_overflow(Result{0}, static_cast<Result>(a), &result))
      out_of_range<Result>(run);
    return result;
  }
  return static_cast<Result>(a / b);
}
template <class T>
T remainder_of_integers(Run& run, T a, T b) {
  if (b == 0) {
    division_by_zero(run);
    return 0;
  }
  return b == -1 ? T{0} : static_cast<T>(a % b);
}
template <class T>
T negate_integer(Run& run, T a) {
  T result;
  if (__builtin_sub_overflow(T{0}, a, &result)) out_of_range<T>(run);
  return result;
}

template <class A, class B>
void add_integer_pair(Catalogue& to) {
  to.add_operator<add_integers<A, B>>("+");
  to.add_operator<subtract_integers<A, B>>("-");
  to.add_operator<multiply_integers<A, B>>("*");
  to.add_operator<divide_integers<A, B>>("/");
}

// Floating point: what is finite stays finite, and what is not zero stays so (float.h:
// float8_pl and its siblings).
template <class T>
T checked(Run& run, T result, bool may_overflow, bool may_underflow) {
  if (std::isinf(result) && !may_overflow) run.fail("22003", "value out of range: overflow");
  else if (result == 0 && !may_underflow) run.fail("22003", "value out of range: underflow");
  return result;
}
// A real meets a double as a double.
template <class A, class B>
using Float =
    std::conditional_t<std::is_same_v<A, float> && std::is_same_v<B, float>, float, double>;

template <class A, class B>
Float<A, B> add_floats(Run& run, A a, B b) {
  const auto result = static_cast<Float<A, B>>(a) + static_cast<Float<A, B>>(b);
  return checked(run, result, std::isinf(a) || std::isinf(b), true);
}
template <class A, class B>
Float<A, B> subtract_floats(Run& run, A a, B b) {
  const auto result = static_cast<Float<A, B>>(a) - static_cast<Float<A, B>>(b);
  return checked(run, result, std::isinf(a) || std::isinf(b), true);
}
template <class A, class B>
Float<A, B> multiply_floats(Run& run, A a, B b) {
  const auto result = static_cast<Float<A, B>>(a) * static_cast<Float<A, B>>(b);
  return checked(run, result, std::isinf(a) || std::isinf(b), a == 0 || b == 0);
}
template <class A, class B>
Float<A, B> divide_floats(Run& run, A a, B b) {
  if (b == 0 && !std::isnan(a)) {
    division_by_zero(run);
    return 0;
  }
  const auto result = static_cast<Float<A, B>>(a) / static_cast<Float<A, B>>(b);
  return checked(run, result, std::isinf(a), a == 0 || std::isinf(b));
}
template <class T>
T negate_float(T a) {
  return -a;
}

template <class A, class B>
void add_float_pair(Catalogue& to) {
  to.add_operator<add_floats<A, B>>("+");
  to.add_operator<subtract_floats<A, B>>("-");
  to.add_operator<multiply_floats<A, B>>("*");
  to.add_operator<divide_floats<A, B>>("/");
}

template <class T>
T same(T a) {
  return a;
}
template <class T>
T absolute_float(T a) {
  return std::fabs(a);
}
template <class T>
T absolute_integer(Run& run, T a) {
  return a < 0 ? negate_integer(run, a) : a;
}

Numeric add_numerics(Run& run, Numeric a, Numeric b) { return add(run, a, b); }
Numeric subtract_numerics(Run& run, Numeric a, Numeric b) { return subtract(run, a, b); }
Numeric multiply_numerics(Run& run, Numeric a, Numeric b) { return multiply(run, a, b); }
Numeric divide_numerics(Run& run, Numeric a, Numeric b) { return divide(run, a, b); }
Numeric remainder_of_numerics(Run& run, Numeric a, Numeric b) { return remainder(run, a, b); }
Numeric negate_numeric(Run& run, Numeric a) { return negate(run, a); }
Numeric absolute_numeric(Run& run, Numeric a) { return absolute(run, a); }

// Bits. A shift takes its distance modulo the width, as the processors do on which PostgreSQL runs.
template <class T>
T bits_and(T a, T b) {
  return static_cast<T>(a & b);
}
template <class T>
T bits_or(T a, T b) {
  return static_cast<T>(a | b);
}
template <class T>
T bits_differ(T a, T b) {
  return static_cast<T>(a ^ b);
}
template <class T>
T bits_not(T a) {
  return static_cast<T>(~a);
}
template <class T>
T shift_left(T a, int32_t by) {
  if constexpr (sizeof(T) == 8) return static_cast<T>(static_cast<uint64_t>(a) << (by & 63));
  else return static_cast<T>(static_cast<uint32_t>(a) << (by & 31));
}
template <class T>
T shift_right(T a, int32_t by) {
  if constexpr (sizeof(T) == 8) return a >> (by & 63);
  else return static_cast<T>(static_cast<int32_t>(a) >> (by & 31));
}

template <class T>
void add_integer(Catalogue& to) {
  to.add_operator<remainder_of_integers<T>>("%");
  to.add_function<remainder_of_integers<T>>("mod");
  to.add_operator<negate_integer<T>>("-");
  to.add_operator<same<T>>("+");
  to.add_operator<absolute_integer<T>>("@");
  to.add_function<absolute_integer<T>>("abs");
  to.add_operator<bits_and<T>>("&");
  to.add_operator<bits_or<T>>("|");
  to.add_operator<bits_differ<T>>("#");
  to.add_operator<bits_not<T>>("~");
  to.add_operator<shift_left<T>>("<<");
  to.add_operator<shift_right<T>>(">>");
}

template <class T>
void add_float(Catalogue& to) {
  to.add_operator<negate_float<T>>("-");
  to.add_operator<same<T>>("+");
  to.add_operator<absolute_float<T>>("@");
  to.add_function<absolute_float<T>>("abs");
}

}  // namespace

void add_arithmetic(Catalogue& to) {
  add_integer_pair<int16_t, int16_t>(to);
  add_integer_pair<int16_t, int32_t>(to);
  add_integer_pair<int16_t, int64_t>(to);
  add_integer_pair<int32_t, int16_t>(to);
  add_integer_pair<int32_t, int32_t>(to);
  add_integer_pair<int32_t, int64_t>(to);
  add_integer_pair<int64_t, int16_t>(to);
  add_integer_pair<int64_t, int32_t>(to);
  add_integer_pair<int64_t, int64_t>(to);
  add_integer<int16_t>(to);
  add_integer<int32_t>(to);
  add_integer<int64_t>(to);
  add_float_pair<float, float>(to);
  add_float_pair<float, double>(to);
  add_float_pair<double, float>(to);
  add_float_pair<double, double>(to);
  add_float<float>(to);
  add_float<double>(to);
  to.add_operator<add_numerics>("+");
  to.add_operator<subtract_numerics>("-");
  to.add_operator<multiply_numerics>("*");
  to.add_operator<divide_numerics>("/");
  to.add_operator<remainder_of_numerics>("%");
  to.add_function<remainder_of_numerics>("mod");
  to.add_operator<negate_numeric>("-");
  to.add_operator<same<Numeric>>("+");
  to.add_operator<absolute_numeric>("@");
  to.add_function<absolute_numeric>("abs");
}

}  // namespace sql
