// = <> < <= > >= of all types that have an order.
#include <cmath>
#include <compare>

#include "catalogue/catalogue.hpp"
#include "values/json_order.hpp"
#include "values/numeric_math.hpp"
#include "values/times.hpp"

namespace sql {
namespace {

// NaN is equal to itself and greater than all else (float8_cmp_internal).
std::strong_ordering order_of_doubles(double a, double b) {
  if (std::isnan(a))
    return std::isnan(b) ? std::strong_ordering::equal : std::strong_ordering::greater;
  if (std::isnan(b)) return std::strong_ordering::less;
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

template <class A, class B>
std::strong_ordering order(A a, B b) {
  if constexpr (std::is_floating_point_v<A> && std::is_floating_point_v<B>) {
    return order_of_doubles(a, b);
  } else if constexpr (std::is_same_v<A, Numeric>) {
    return compare(a, b);
  } else if constexpr (std::is_same_v<A, Text>) {
    return a.compare(b) <=> 0;  // collation C
  } else if constexpr (std::is_same_v<A, Bytes>) {
    return a.bytes.compare(b.bytes) <=> 0;
  } else if constexpr (std::is_same_v<A, Json>) {
    return compare(a, b);
  } else if constexpr (std::is_same_v<A, Interval>) {
    return compare(a, b);
  } else if constexpr (std::is_arithmetic_v<A>) {
    return a <=> b;
  } else {
    return microseconds(a) <=> microseconds(b);  // as if in UTC, the session's zone
  }
}

template <class A, class B>
bool is_equal(A a, B b) {
  return order(a, b) == 0;
}
template <class A, class B>
bool is_unequal(A a, B b) {
  return order(a, b) != 0;
}
template <class A, class B>
bool is_less(A a, B b) {
  return order(a, b) < 0;
}
template <class A, class B>
bool is_at_most(A a, B b) {
  return order(a, b) <= 0;
}
template <class A, class B>
bool is_greater(A a, B b) {
  return order(a, b) > 0;
}
template <class A, class B>
bool is_at_least(A a, B b) {
  return order(a, b) >= 0;
}

template <class A, class B = A>
void add_order(Catalogue& to) {
  to.add_operator<is_equal<A, B>>("=");
  to.add_operator<is_unequal<A, B>>("<>");
  to.add_operator<is_less<A, B>>("<");
  to.add_operator<is_at_most<A, B>>("<=");
  to.add_operator<is_greater<A, B>>(">");
  to.add_operator<is_at_least<A, B>>(">=");
}

template <class A>
void add_integer_orders(Catalogue& to) {
  add_order<A, int16_t>(to);
  add_order<A, int32_t>(to);
  add_order<A, int64_t>(to);
}

}  // namespace

void add_comparisons(Catalogue& to) {
  add_order<bool>(to);
  add_integer_orders<int16_t>(to);
  add_integer_orders<int32_t>(to);
  add_integer_orders<int64_t>(to);
  add_order<float>(to);
  add_order<float, double>(to);
  add_order<double, float>(to);
  add_order<double>(to);
  add_order<Numeric>(to);
  add_order<Text>(to);
  add_order<Bytes>(to);
  add_order<Json>(to);
  add_order<Date>(to);
  add_order<Timestamp>(to);
  add_order<Timestamptz>(to);
  add_order<Date, Timestamp>(to);
  add_order<Timestamp, Date>(to);
  add_order<Date, Timestamptz>(to);
  add_order<Timestamptz, Date>(to);
  add_order<Timestamp, Timestamptz>(to);
  add_order<Timestamptz, Timestamp>(to);
  add_order<Interval>(to);
}

}  // namespace sql
