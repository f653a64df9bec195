// The types that an expression may have, as PostgreSQL knows them (pg_type).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sql {

enum class Base : uint8_t {
  kUnknown,  // a literal that has not been given a type yet
  kBoolean,
  kSmallint,
  kInteger,
  kBigint,
  kReal,
  kDouble,
  kNumeric,
  kText,
  kBytea,
  kJsonb,
  kDate,
  kTimestamp,
  kTimestamptz,
  kInterval,
  kJsonPath,  // of literals alone
  // Of functions that take several types; PostgreSQL's pseudo-types.
  kAny,         // "any"
  kAnyElement,  // and with `is_array` anyarray
  kAnyNonArray,
  kAnyCompatible,  // and with `is_array` anycompatiblearray
};

struct Type {
  Base base = Base::kUnknown;
  bool is_array = false;

  constexpr Type() = default;
  constexpr Type(Base of, bool array = false) : base(of), is_array(array) {}
  bool operator==(const Type&) const = default;
  constexpr Type element() const { return base; }
  constexpr Type array() const { return {base, true}; }
  constexpr bool is_polymorphic() const { return base >= Base::kAny; }
};

// "double precision", "integer[]": as PostgreSQL's format_type writes it.
std::string name_of(Type type);
// What a cast may call it, in lower case: "float8", "int", "timestamptz".
std::optional<Base> find_type(std::string_view name);
const std::vector<std::string_view>& type_names();

// pg_type's typcategory, and whether the type is the preferred one of it.
char category_of(Type type);
bool is_preferred(Type type);

enum class Cast : uint8_t {
  kNone,
  kImplicit,    // wherever an expression needs it
  kAssignment,  // into a column alone; of an expression, only as a cast that is written
  kExplicit,    // as a cast that is written
  kText,        // by the type's text, as a cast that is written (CoerceViaIO)
};

// How PostgreSQL gets from one type to another (pg_cast, and find_coercion_pathway of
// parse_coerce.c).
Cast cast_between(Type from, Type to);

}  // namespace sql
