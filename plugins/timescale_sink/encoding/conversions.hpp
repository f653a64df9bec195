// Converts single values to what PostgreSQL's receive functions read; see FixedEncoder.
#pragma once

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace timescale_sink {

// int2recv, int4recv, int8recv.
template <class To>
struct ToInteger {
  using Wire = To;
  static constexpr bool kAlwaysFits = false;
  bool rounds = false;  // as PostgreSQL's cast does: to the nearest, halves to even

  template <class From>
  bool fits(From value) const {
    if constexpr (std::is_floating_point_v<From>) {
      // Both limits are doubles: -2^n, and 2^n, the first that is too large.
      constexpr double kEnd = -static_cast<double>(std::numeric_limits<To>::min());
      const double whole = std::nearbyint(static_cast<double>(value));
      return (rounds || whole == value) && whole >= -kEnd && whole < kEnd;
    } else {
      return std::in_range<To>(value);
    }
  }
  template <class From>
  std::string fault(From value) const {
    if constexpr (std::is_floating_point_v<From>) {
      if (std::isfinite(value) && std::nearbyint(value) != value && !rounds) {
        return fmt::format("{} is not a whole number", value);
      }
    }
    return fmt::format("{} is out of range", value);
  }
  template <class From>
  Wire operator()(From value) const {
    if constexpr (std::is_floating_point_v<From>) {
      return static_cast<To>(std::nearbyint(static_cast<double>(value)));
    } else {
      return static_cast<To>(value);
    }
  }
};

// float8recv. Integers beyond 2^53 may have no exact double.
struct ToFloat8 {
  using Wire = int64_t;
  static constexpr bool kAlwaysFits = false;
  bool rounds = false;

  template <class From>
  bool fits(From value) const {
    if constexpr (std::is_integral_v<From> && sizeof(From) == 8) {
      constexpr int64_t kExact = int64_t{1} << 53;
      if (rounds || (std::cmp_less_equal(value, kExact) && std::cmp_less_equal(-kExact, value))) {
        return true;
      }
      const unsigned low_zeros =
          static_cast<unsigned>(std::countr_zero(static_cast<uint64_t>(value)));
      const uint64_t size =
          value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
      return 64u - static_cast<unsigned>(std::countl_zero(size)) - low_zeros <= 53u;
    }
    return true;
  }
  template <class From>
  std::string fault(From value) const {
    return fmt::format("{} has more digits than a double", value);
  }
  template <class From>
  Wire operator()(From value) const {
    return std::bit_cast<int64_t>(static_cast<double>(value));
  }
};

// float4recv. The type states its precision, so values are rounded, as PostgreSQL's cast does; what
// would become infinite or zero is out of range (float.c, dtof).
struct ToFloat4 {
  using Wire = int32_t;
  static constexpr bool kAlwaysFits = false;

  template <class From>
  bool fits(From value) const {
    if constexpr (std::is_same_v<From, double>) {
      const auto narrow = static_cast<float>(value);
      return (std::isinf(narrow) == std::isinf(value)) && ((narrow == 0) == (value == 0));
    }
    return true;
  }
  template <class From>
  std::string fault(From value) const {
    return fmt::format("{} is out of range", value);
  }
  template <class From>
  Wire operator()(From value) const {
    return std::bit_cast<int32_t>(static_cast<float>(value));
  }
};

struct ToBool {
  using Wire = int8_t;
  static constexpr bool kAlwaysFits = true;
  Wire operator()(bool value) const { return value ? 1 : 0; }
};

inline constexpr int64_t kUsPerDay = 86'400'000'000;
inline constexpr int32_t kDaysFrom1970To2000 = 10'957;
inline constexpr int64_t kUsFrom1970To2000 = kDaysFrom1970To2000 * kUsPerDay;
// timestamptz begins at Julian day 0 and ends before the year 294277 (PostgreSQL, timestamp.h,
// MIN_TIMESTAMP and END_TIMESTAMP); here counted from 1970.
inline constexpr int64_t kEarliestUs = -211'813'488'000'000'000 + kUsFrom1970To2000;
inline constexpr int64_t kEndUs = std::numeric_limits<int64_t>::max();
inline constexpr int32_t kEarliestDay = static_cast<int32_t>(kEarliestUs / kUsPerDay);
// The microseconds of a later day need more than 64 bits.
inline constexpr int32_t kLastDay = static_cast<int32_t>(kEndUs / kUsPerDay) - 1;

// The greatest and the least number of microseconds and of days stand for infinity, as in
// PostgreSQL (timestamp.h, DT_NOBEGIN and DT_NOEND; date.h, DATEVAL_NOBEGIN and DATEVAL_NOEND).
template <class T>
constexpr bool is_infinite(T value) {
  return value == std::numeric_limits<T>::max() || value == std::numeric_limits<T>::min();
}

// timestamptz_recv and timestamp_recv: microseconds since 2000, UTC.
struct ToTimestamp {
  using Wire = int64_t;
  static constexpr bool kAlwaysFits = false;
  int64_t us = 1;  // per unit of the column

  bool fits(int64_t value) const {
    return (value >= kEarliestUs / us && value <= kEndUs / us) || (us == 1 && is_infinite(value));
  }
  std::string fault(int64_t value) const {
    return value < 0 ? "before 4714-11-24 BC" : "beyond the year 294276";
  }
  Wire operator()(int64_t value) const {
    if (us == 1 && is_infinite(value)) return value;
    return value * us - kUsFrom1970To2000;
  }
};

// From days.
struct DayToTimestamp {
  using Wire = int64_t;
  static constexpr bool kAlwaysFits = false;

  bool fits(int32_t day) const { return day >= kEarliestDay && day <= kLastDay; }
  std::string fault(int32_t day) const {
    return day < 0 ? "before 4714-11-24 BC" : "beyond the year 294276";
  }
  Wire operator()(int32_t day) const { return day * kUsPerDay - kUsFrom1970To2000; }
};

// date_recv: days since 2000.
struct ToDate {
  using Wire = int32_t;
  static constexpr bool kAlwaysFits = false;

  bool fits(int32_t day) const { return day >= kEarliestDay || is_infinite(day); }
  std::string fault(int32_t) const { return "before 4714-11-24 BC"; }
  Wire operator()(int32_t day) const { return is_infinite(day) ? day : day - kDaysFrom1970To2000; }
};

// date_recv: whole days in UTC, from times.
struct TimestampToDate {
  using Wire = int32_t;
  static constexpr bool kAlwaysFits = false;
  int64_t us = 1;  // per unit of the column
  bool rounds = false;

  bool fits(int64_t value) const {
    if (us == 1 && is_infinite(value)) return true;
    if (value < kEarliestUs / us || value > kEndUs / us) return false;
    return rounds || value * us % kUsPerDay == 0;
  }
  std::string fault(int64_t value) const {
    if (value < kEarliestUs / us) return "before 4714-11-24 BC";
    return "not midnight UTC, and the column holds dates";
  }
  Wire operator()(int64_t value) const {
    if (us == 1 && is_infinite(value)) {
      return value > 0 ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int32_t>::min();
    }
    const int64_t total = value * us;
    const int64_t day = total / kUsPerDay - (total % kUsPerDay < 0 ? 1 : 0);
    return static_cast<int32_t>(day) - kDaysFrom1970To2000;
  }
};

}  // namespace timescale_sink
