// The order of two values, as btree's comparison functions of PostgreSQL have it.
#pragma once

#include <cmath>
#include <compare>
#include <type_traits>

#include "values/json_order.hpp"
#include "values/numeric_math.hpp"
#include "values/times.hpp"
#include "values/values.hpp"

namespace sql {

// NaN is equal to itself and greater than all else (float8_cmp_internal).
inline std::strong_ordering order_of_doubles(double a, double b) {
  if (std::isnan(a))
    return std::isnan(b) ? std::strong_ordering::equal : std::strong_ordering::greater;
  if (std::isnan(b)) return std::strong_ordering::less;
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

// Nulls, lengths and bounds besides the elements (array_cmp of arrayfuncs.c).
std::strong_ordering compare(Array a, Array b);

template <class A, class B>
std::strong_ordering order_of_values(A a, B b) {
  if constexpr (std::is_floating_point_v<A> && std::is_floating_point_v<B>) {
    return order_of_doubles(a, b);
  } else if constexpr (std::is_same_v<A, Text>) {
    return a.compare(b) <=> 0;  // collation C
  } else if constexpr (std::is_same_v<A, Bytes>) {
    return a.bytes.compare(b.bytes) <=> 0;
  } else if constexpr (std::is_same_v<A, Numeric> || std::is_same_v<A, Json> ||
                       std::is_same_v<A, Interval> || std::is_same_v<A, Array>) {
    return compare(a, b);
  } else if constexpr (std::is_arithmetic_v<A>) {
    return a <=> b;
  } else {
    return microseconds(a) <=> microseconds(b);  // as if in UTC, the session's zone
  }
}

// Of two values of one type, no array; they are pointed at.
std::strong_ordering order_of_values(Base type, const void* a, const void* b);

}  // namespace sql
