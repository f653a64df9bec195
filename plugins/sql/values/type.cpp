#include "values/type.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace sql {
namespace {

struct Row {
  Base base;
  std::string_view name;
  char category;
  bool is_preferred;
};

// In the order of Base.
constexpr std::array kTypes{
    Row{Base::kUnknown, "unknown", 'X', false},
    Row{Base::kBoolean, "boolean", 'B', true},
    Row{Base::kSmallint, "smallint", 'N', false},
    Row{Base::kInteger, "integer", 'N', false},
    Row{Base::kBigint, "bigint", 'N', false},
    Row{Base::kReal, "real", 'N', false},
    Row{Base::kDouble, "double precision", 'N', true},
    Row{Base::kNumeric, "numeric", 'N', false},
    Row{Base::kText, "text", 'S', true},
    Row{Base::kBytea, "bytea", 'U', false},
    Row{Base::kJsonb, "jsonb", 'U', false},
    Row{Base::kDate, "date", 'D', false},
    Row{Base::kTimestamp, "timestamp without time zone", 'D', false},
    Row{Base::kTimestamptz, "timestamp with time zone", 'D', true},
    Row{Base::kInterval, "interval", 'T', true},
    Row{Base::kJsonPath, "jsonpath", 'U', false},
    Row{Base::kAny, "\"any\"", 'P', false},
    Row{Base::kAnyElement, "anyelement", 'P', false},
    Row{Base::kAnyNonArray, "anynonarray", 'P', false},
    Row{Base::kAnyCompatible, "anycompatible", 'P', false},
};

const Row& row_of(Base base) { return kTypes[static_cast<size_t>(base)]; }

// pg_type's names, by which the grammar calls the types that SQL names otherwise.
constexpr std::array<std::pair<std::string_view, Base>, 29> kNames{{
    {"bool", Base::kBoolean},
    {"boolean", Base::kBoolean},
    {"int2", Base::kSmallint},
    {"smallint", Base::kSmallint},
    {"int4", Base::kInteger},
    {"integer", Base::kInteger},
    {"int", Base::kInteger},
    {"int8", Base::kBigint},
    {"bigint", Base::kBigint},
    {"float4", Base::kReal},
    {"real", Base::kReal},
    {"float8", Base::kDouble},
    {"double precision", Base::kDouble},
    {"float", Base::kDouble},
    {"numeric", Base::kNumeric},
    {"decimal", Base::kNumeric},
    {"dec", Base::kNumeric},
    {"text", Base::kText},
    {"varchar", Base::kText},
    {"character varying", Base::kText},
    {"bytea", Base::kBytea},
    {"jsonb", Base::kJsonb},
    {"date", Base::kDate},
    {"timestamp", Base::kTimestamp},
    {"timestamp without time zone", Base::kTimestamp},
    {"timestamptz", Base::kTimestamptz},
    {"timestamp with time zone", Base::kTimestamptz},
    {"interval", Base::kInterval},
    {"jsonpath", Base::kJsonPath},
}};

// Numbers from narrow to wide; from left to right a cast is implicit, from right to left one of
// assignment.
constexpr std::array kNumbers{Base::kSmallint, Base::kInteger, Base::kBigint,
                              Base::kNumeric,  Base::kReal,    Base::kDouble};
constexpr std::array kTimes{Base::kDate, Base::kTimestamp, Base::kTimestamptz};

Cast cast_along(std::span<const Base> order, Base from, Base to) {
  const auto at = std::find(order.begin(), order.end(), from);
  const auto end = std::find(order.begin(), order.end(), to);
  if (at == order.end() || end == order.end()) return Cast::kNone;
  return at < end ? Cast::kImplicit : Cast::kAssignment;
}

Cast cast_of_elements(Base from, Base to) {
  for (const std::span<const Base> order :
       {std::span<const Base>(kNumbers), std::span<const Base>(kTimes)}) {
    if (const Cast cast = cast_along(order, from, to); cast != Cast::kNone) return cast;
  }
  if (from == Base::kJsonb && (category_of(to) == 'N' || to == Base::kBoolean))
    return Cast::kExplicit;
  if (from == Base::kBoolean && to == Base::kInteger) return Cast::kExplicit;
  if (from == Base::kInteger && to == Base::kBoolean) return Cast::kExplicit;
  if (from == Base::kBoolean && to == Base::kText) return Cast::kAssignment;
  return Cast::kNone;
}

}  // namespace

std::string name_of(Type type) {
  if (type.is_array && type.base == Base::kAnyElement) return "anyarray";
  if (type.is_array && type.base == Base::kAnyCompatible) return "anycompatiblearray";
  return std::string(row_of(type.base).name) + (type.is_array ? "[]" : "");
}

std::optional<Base> find_type(std::string_view name) {
  for (const auto& [known, base] : kNames) {
    if (known == name) return base;
  }
  return std::nullopt;
}

const std::vector<std::string_view>& type_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    all.reserve(kNames.size());
    for (const auto& [name, base] : kNames) all.push_back(name);
    return all;
  }();
  return names;
}

char category_of(Type type) {
  return type.is_array && !type.is_polymorphic() ? 'A' : row_of(type.base).category;
}

bool is_preferred(Type type) { return !type.is_array && row_of(type.base).is_preferred; }

Cast cast_between(Type from, Type to) {
  if (from == to) return Cast::kImplicit;
  const Type text = Base::kText;
  // An array is cast element by element, and no more easily than they are.
  if (from.is_array && to.is_array) return cast_between(from.element(), to.element());
  if (!from.is_array && !to.is_array) {
    const Cast cast = cast_of_elements(from.base, to.base);
    if (cast != Cast::kNone) return cast;
  }
  return to == text || from == text ? Cast::kText : Cast::kNone;
}

}  // namespace sql
