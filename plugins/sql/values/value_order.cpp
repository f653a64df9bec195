#include "values/value_order.hpp"

#include <algorithm>
#include <compare>

#include "values/array.hpp"

namespace sql {
namespace {

template <class T>
std::strong_ordering order_as(const void* a, const void* b) {
  return order_of_values(*static_cast<const T*>(a), *static_cast<const T*>(b));
}

}  // namespace

std::strong_ordering order_of_values(Base type, const void* a, const void* b) {
  switch (type) {
    case Base::kBoolean: return order_as<bool>(a, b);
    case Base::kSmallint: return order_as<int16_t>(a, b);
    case Base::kInteger: return order_as<int32_t>(a, b);
    case Base::kBigint: return order_as<int64_t>(a, b);
    case Base::kReal: return order_as<float>(a, b);
    case Base::kDouble: return order_as<double>(a, b);
    case Base::kNumeric: return order_as<Numeric>(a, b);
    case Base::kBytea: return order_as<Bytes>(a, b);
    case Base::kJsonb: return order_as<Json>(a, b);
    case Base::kDate: return order_as<Date>(a, b);
    case Base::kTimestamp: return order_as<Timestamp>(a, b);
    case Base::kTimestamptz: return order_as<Timestamptz>(a, b);
    case Base::kInterval: return order_as<Interval>(a, b);
    default: return order_as<Text>(a, b);
  }
}

// First the elements, of which NULL is the greatest and equal to itself; then sizes and bounds.
std::strong_ordering compare(Array a, Array b) {
  const ArrayBody &one = *a.body, &other = *b.body;
  const int32_t shorter = std::min(one.size, other.size);
  for (int32_t i = 0; i < shorter; ++i) {
    const bool is_null = is_null_at(one, i), is_other_null = is_null_at(other, i);
    if (is_null != is_other_null) return is_null <=> is_other_null;
    if (is_null) continue;
    const auto order = order_of_values(one.element, element_at(one, i), element_at(other, i));
    if (std::is_neq(order)) return order;
  }
  if (one.size != other.size) return one.size <=> other.size;
  if (one.dimensions != other.dimensions) return one.dimensions <=> other.dimensions;
  for (int32_t i = 0; i < one.dimensions; ++i) {
    if (one.lengths[i] != other.lengths[i]) return one.lengths[i] <=> other.lengths[i];
  }
  for (int32_t i = 0; i < one.dimensions; ++i) {
    if (one.lower_bounds[i] != other.lower_bounds[i])
      return one.lower_bounds[i] <=> other.lower_bounds[i];
  }
  return std::strong_ordering::equal;
}

}  // namespace sql
