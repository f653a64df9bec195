// Arithmetic, comparison and texts of numeric. Failures have PostgreSQL's words.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "evaluation/run.hpp"
#include "values/numeric.hpp"

namespace sql {

Numeric add(Run& run, const Numeric& a, const Numeric& b);
Numeric subtract(Run& run, const Numeric& a, const Numeric& b);
Numeric multiply(Run& run, const Numeric& a, const Numeric& b);
Numeric divide(Run& run, const Numeric& a, const Numeric& b);
// The quotient without its fraction, and what is left.
Numeric divide_to_whole(Run& run, const Numeric& a, const Numeric& b);
Numeric remainder(Run& run, const Numeric& a, const Numeric& b);
Numeric negate(Run& run, const Numeric& a);
Numeric absolute(Run& run, const Numeric& a);

enum class Rounding { kHalfAwayFromZero, kTowardsZero, kUp, kDown };
// To so many digits behind the point; of a negative number, to tens, hundreds, …
Numeric round(Run& run, const Numeric& a, int32_t digits, Rounding rounding);

// NaN is equal to itself and greater than all else. NaN and infinities have their places.
std::strong_ordering compare(const Numeric& a, const Numeric& b);
int sign(const Numeric& a);  // of NaN 0

// Text as numeric_out writes it, and what numeric_in takes.
void append_text(std::string& to, const Numeric& a);
// Nothing: it has failed. `original` is what messages show.
std::optional<Numeric> parse_numeric(Run& run, std::string_view text);

double to_double(const Numeric& a);
Numeric to_numeric(Run& run, double value, int significant_digits);
// Rounded. Nothing: it is out of range.
std::optional<int64_t> to_int64(const Numeric& a);

// numeric(precision, scale).
Numeric fit(Run& run, const Numeric& a, int32_t precision, int32_t scale);

}  // namespace sql
