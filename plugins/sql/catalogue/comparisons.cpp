// = <> < <= > >= of all types that have an order.
#include "catalogue/catalogue.hpp"
#include "values/value_order.hpp"

namespace sql {
namespace {

template <class A, class B>
bool is_equal(A a, B b) {
  return std::is_eq(order_of_values(a, b));
}
template <class A, class B>
bool is_unequal(A a, B b) {
  return std::is_neq(order_of_values(a, b));
}
template <class A, class B>
bool is_less(A a, B b) {
  return std::is_lt(order_of_values(a, b));
}
template <class A, class B>
bool is_at_most(A a, B b) {
  return std::is_lteq(order_of_values(a, b));
}
template <class A, class B>
bool is_greater(A a, B b) {
  return std::is_gt(order_of_values(a, b));
}
template <class A, class B>
bool is_at_least(A a, B b) {
  return std::is_gteq(order_of_values(a, b));
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
  add_order<Array>(to);
}

}  // namespace sql
