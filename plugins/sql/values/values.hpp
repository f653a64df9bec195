// A value of each type, as expressions compute with it. All are trivially copyable; what they point
// at belongs to the batch or to its arena.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "values/json.hpp"
#include "values/numeric.hpp"
#include "values/type.hpp"

namespace sql {

using Text = std::string_view;  // UTF-8, without U+0000

struct Bytes {
  std::string_view bytes;
};

// Microseconds since 2000-01-01 00:00:00, which may have any value that PostgreSQL's may have.
// Timestamp is what a clock and a calendar show; Timestamptz is a moment, counted in UTC.
struct Timestamp {
  int64_t us;
};
struct Timestamptz {
  int64_t us;
};
inline constexpr int64_t kInfinity = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kMinusInfinity = std::numeric_limits<int64_t>::min();

// Days since 2000-01-01.
struct Date {
  int32_t days;
};
inline constexpr int32_t kInfinityDays = std::numeric_limits<int32_t>::max();
inline constexpr int32_t kMinusInfinityDays = std::numeric_limits<int32_t>::min();

struct Interval {
  int64_t us;
  int32_t days;
  int32_t months;
};

// An array of one or several dimensions. `values` are `size` values of the element's type.
struct ArrayBody {
  static constexpr int kMostDimensions = 6;
  Base element;
  int32_t dimensions = 0;  // 0: empty
  int32_t lengths[kMostDimensions] = {};
  int32_t lower_bounds[kMostDimensions] = {};
  int32_t size = 0;
  const void* values = nullptr;
  const uint8_t* nulls = nullptr;  // a byte each: 1 is NULL; null: none is
};
struct Array {
  const ArrayBody* body;
};

struct PathProgram;
struct JsonPath {
  const PathProgram* program;
};

// Which Base a C++ type stands for.
template <class T>
struct BaseOf;
#define SQL_BASE_OF(type, base)         \
  template <>                           \
  struct BaseOf<type> {                 \
    static constexpr Base value = base; \
  }
SQL_BASE_OF(bool, Base::kBoolean);
SQL_BASE_OF(int16_t, Base::kSmallint);
SQL_BASE_OF(int32_t, Base::kInteger);
SQL_BASE_OF(int64_t, Base::kBigint);
SQL_BASE_OF(float, Base::kReal);
SQL_BASE_OF(double, Base::kDouble);
SQL_BASE_OF(Numeric, Base::kNumeric);
SQL_BASE_OF(Text, Base::kText);
SQL_BASE_OF(Bytes, Base::kBytea);
SQL_BASE_OF(Json, Base::kJsonb);
SQL_BASE_OF(Date, Base::kDate);
SQL_BASE_OF(Timestamp, Base::kTimestamp);
SQL_BASE_OF(Timestamptz, Base::kTimestamptz);
SQL_BASE_OF(Interval, Base::kInterval);
SQL_BASE_OF(JsonPath, Base::kJsonPath);
#undef SQL_BASE_OF
// Of any type of elements; that of a call's arguments is found when it is resolved.
template <>
struct BaseOf<Array> {
  static constexpr Type value{Base::kAnyElement, true};  // NOLINT(readability-identifier-naming)
};

// Bytes of a value.
size_t size_of(Type type);

}  // namespace sql
