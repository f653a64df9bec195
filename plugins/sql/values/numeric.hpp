// numeric: a decimal number of any size, as PostgreSQL computes with it
// (src/backend/utils/adt/numeric.c).
#pragma once

#include <cstdint>

namespace sql {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

// The coefficient of a number that 128 bits don't hold.
struct BigCoefficient {
  bool is_negative;
  uint32_t limb_count;
  const uint64_t* limbs;  // least significant first
};

// coefficient × 10^-scale. The scale is what PostgreSQL calls the display scale: the digits behind
// the point that are shown, which may be zeros.
struct Numeric {
  enum Kind : uint8_t { kSmall, kBig, kNaN, kInfinity, kMinusInfinity };

  union {
    Int128 small = 0;
    BigCoefficient big;
  };
  uint16_t scale = 0;
  Kind kind = kSmall;

  static Numeric of(Int128 coefficient, uint16_t scale = 0) {
    Numeric number;
    number.small = coefficient;
    number.scale = scale;
    return number;
  }
  static Numeric special(Kind kind) {
    Numeric number;
    number.kind = kind;
    return number;
  }
  bool is_finite() const { return kind <= kBig; }
};
static_assert(sizeof(Numeric) == 32);

}  // namespace sql
