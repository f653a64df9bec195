#include "analysis/polymorphic.hpp"

#include <algorithm>

#include "analysis/query_error.hpp"
#include "analysis/resolve.hpp"

namespace sql {
namespace {

constexpr Type kAnyArray{Base::kAnyElement, true};

bool is_untyped(Type type) { return type == Type(Base::kUnknown); }
bool is_of_one_type(Type type) {
  return type.base == Base::kAnyElement || type == Type(Base::kAnyNonArray);
}
bool is_compatible(Type type) { return type.base == Base::kAnyCompatible; }

QueryError mismatch(const std::string& message, int location) {
  return QueryError("42804", message, location);
}

// What the arguments say that are declared anyelement, anynonarray and anyarray.
struct OneType {
  std::optional<Type> element, array;
  bool is_used = false, is_no_array = false;
};

// Throws QueryError where they contradict each other.
OneType find_one_type(std::span<const Type> actual, std::span<const Type> declared, int location) {
  OneType found;
  for (size_t i = 0; i < actual.size(); ++i) {
    if (!is_of_one_type(declared[i])) continue;
    found.is_used = true;
    found.is_no_array = found.is_no_array || declared[i] == Type(Base::kAnyNonArray);
    if (is_untyped(actual[i])) continue;
    auto& known = declared[i] == kAnyArray ? found.array : found.element;
    if (known && *known != actual[i]) {
      throw mismatch("arguments declared \"" + name_of(declared[i]) + "\" are not all alike",
                     location);
    }
    known = actual[i];
  }
  if (found.array) {
    if (!found.array->is_array) {
      throw mismatch("argument declared anyarray is not an array but type " + name_of(*found.array),
                     location);
    }
    if (found.element && *found.element != found.array->element()) {
      throw mismatch(
          "argument declared anyarray is not consistent with argument declared anyelement",
          location);
    }
    found.element = found.array->element();
  }
  if (!found.element) {
    if (found.is_used)
      throw mismatch("could not determine polymorphic type because input has type unknown",
                     location);
    return found;
  }
  if (found.is_no_array && found.element->is_array) {
    throw mismatch("type matched to anynonarray is an array type: " + name_of(*found.element),
                   location);
  }
  return found;
}

// Throws QueryError where there is none. Text if all are unknown.
Type find_compatible_type(std::span<const Type> actual, std::span<const Type> declared,
                          int location) {
  std::vector<Type> types;
  for (size_t i = 0; i < actual.size(); ++i) {
    if (!is_compatible(declared[i]) || is_untyped(actual[i])) continue;
    if (declared[i].is_array && !actual[i].is_array) {
      throw mismatch(
          "argument declared anycompatiblearray is not an array but type " + name_of(actual[i]),
          location);
    }
    types.push_back(declared[i].is_array ? actual[i].element() : actual[i]);
  }
  if (types.empty()) return Base::kText;
  const auto common = find_common_type(types);
  const bool fits = common && std::all_of(types.begin(), types.end(), [&](Type type) {
                      return Resolver::can_coerce(type, *common, Coercion::kImplicit);
                    });
  if (!fits)
    throw mismatch("arguments of anycompatible family cannot be cast to a common type", location);
  return *common;
}

bool has_unknown_only(std::span<const Type> actual, std::span<const Type> declared) {
  for (size_t i = 0; i < actual.size(); ++i) {
    if (is_of_one_type(declared[i]) && !is_untyped(actual[i])) return false;
  }
  return true;
}

}  // namespace

std::optional<Type> find_common_type(std::span<const Type> types, size_t* at) {
  Type chosen = types[0];
  for (size_t i = 1; i < types.size(); ++i) {
    const Type next = types[i];
    if (is_untyped(next) || next == chosen) continue;
    if (!is_untyped(chosen) && category_of(next) != category_of(chosen)) {
      if (at) *at = i;
      return std::nullopt;
    }
    const bool is_narrower = !is_preferred(chosen) &&
                             Resolver::can_coerce(chosen, next, Coercion::kImplicit) &&
                             !Resolver::can_coerce(next, chosen, Coercion::kImplicit);
    if (is_untyped(chosen) || is_narrower) chosen = next;
  }
  return is_untyped(chosen) ? Type(Base::kText) : chosen;
}

bool are_consistent(std::span<const Type> actual, std::span<const Type> declared) {
  try {
    // That nothing is known of them shows only when one is chosen.
    if (!has_unknown_only(actual, declared)) find_one_type(actual, declared, -1);
    find_compatible_type(actual, declared, -1);
  } catch (const QueryError&) {
    return false;
  }
  return true;
}

void put_in_types(std::span<const Type> actual, std::vector<Type>& declared, Type& result,
                  int location) {
  const OneType one = find_one_type(actual, declared, location);
  const Type compatible = find_compatible_type(actual, declared, location);
  const auto put_in = [&](Type& type) {
    if (!is_of_one_type(type) && !is_compatible(type)) return;
    const Type element = is_compatible(type) ? compatible : *one.element;
    if (type.is_array && element.is_array) {
      throw QueryError("42704", "could not find array type for data type " + name_of(element),
                       location);
    }
    type = type.is_array ? element.array() : element;
  };
  for (Type& type : declared) put_in(type);
  put_in(result);
}

}  // namespace sql
