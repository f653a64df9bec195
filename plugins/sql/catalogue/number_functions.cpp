// ceil, floor, round, trunc, sqrt, power, exp, ln, log, sign, div, and ^.
#include <cmath>

#include "catalogue/catalogue.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

double power(Run& run, double a, double b) {
  // dpow of float.c: what the C library leaves to the platform is said there.
  if (std::isnan(a)) return b == 0 && !std::isnan(b) ? 1.0 : a;
  if (std::isnan(b)) return a == 1 ? 1.0 : b;
  if (a == 0 && b < 0) {
    run.fail("2201F", "zero raised to a negative power is undefined");
    return 0;
  }
  if (a < 0 && std::floor(b) != b) {
    run.fail("2201F", "a negative number raised to a non-integer power yields a complex result");
    return 0;
  }
  const double result = std::pow(a, b);
  if (std::isinf(a) || std::isinf(b)) return result;
  if (std::isinf(result)) run.fail("22003", "value out of range: overflow");
  else if (result == 0 && a != 0) run.fail("22003", "value out of range: underflow");
  return result;
}

double square_root(Run& run, double a) {
  if (a < 0) run.fail("2201F", "cannot take square root of a negative number");
  return std::sqrt(a);
}

double exponential(Run& run, double a) {
  const double result = std::exp(a);
  if (std::isinf(result) && !std::isinf(a)) run.fail("22003", "value out of range: overflow");
  else if (result == 0 && !std::isinf(a)) run.fail("22003", "value out of range: underflow");
  return result;
}

bool has_logarithm(Run& run, double a) {
  if (a == 0) run.fail("2201E", "cannot take logarithm of zero");
  else if (a < 0) run.fail("2201E", "cannot take logarithm of a negative number");
  else return true;
  return false;
}
double natural_logarithm(Run& run, double a) { return has_logarithm(run, a) ? std::log(a) : 0; }
double common_logarithm(Run& run, double a) { return has_logarithm(run, a) ? std::log10(a) : 0; }

double sign_of_double(double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0; }
Numeric sign_of_numeric(Numeric a) { return a.kind == Numeric::kNaN ? a : Numeric::of(sign(a)); }

double round_double(double a) { return std::rint(a); }
double truncate_double(double a) { return std::trunc(a); }
double ceil_double(double a) { return std::ceil(a); }
double floor_double(double a) { return std::floor(a); }

Numeric round_numeric(Run& run, Numeric a) { return round(run, a, 0, Rounding::kHalfAwayFromZero); }
Numeric round_numeric_to(Run& run, Numeric a, int32_t digits) {
  return round(run, a, digits, Rounding::kHalfAwayFromZero);
}
Numeric truncate_numeric(Run& run, Numeric a) { return round(run, a, 0, Rounding::kTowardsZero); }
Numeric truncate_numeric_to(Run& run, Numeric a, int32_t digits) {
  return round(run, a, digits, Rounding::kTowardsZero);
}
Numeric ceil_numeric(Run& run, Numeric a) { return round(run, a, 0, Rounding::kUp); }
Numeric floor_numeric(Run& run, Numeric a) { return round(run, a, 0, Rounding::kDown); }
Numeric whole_quotient(Run& run, Numeric a, Numeric b) { return divide_to_whole(run, a, b); }

}  // namespace

void add_number_functions(Catalogue& to) {
  to.add_operator<power>("^");
  to.add_function<power>("power");
  to.add_function<power>("pow");
  to.add_function<square_root>("sqrt");
  to.add_function<exponential>("exp");
  to.add_function<natural_logarithm>("ln");
  to.add_function<common_logarithm>("log");
  to.add_function<common_logarithm>("log10");
  to.add_function<sign_of_double>("sign");
  to.add_function<sign_of_numeric>("sign");
  to.add_function<round_double>("round");
  to.add_function<round_numeric>("round");
  to.add_function<round_numeric_to>("round");
  to.add_function<truncate_double>("trunc");
  to.add_function<truncate_numeric>("trunc");
  to.add_function<truncate_numeric_to>("trunc");
  to.add_function<ceil_double>("ceil");
  to.add_function<ceil_numeric>("ceil");
  to.add_function<ceil_double>("ceiling");
  to.add_function<ceil_numeric>("ceiling");
  to.add_function<floor_double>("floor");
  to.add_function<floor_numeric>("floor");
  to.add_function<whole_quotient>("div");
}

}  // namespace sql
