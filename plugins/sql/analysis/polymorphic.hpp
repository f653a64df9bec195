// What anyelement, anyarray and their kin stand for in a call (parse_coerce.c).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "values/type.hpp"

namespace sql {

// The type that values of all these types can be brought to. Nothing: there is none, and `at` is
// the first type that does not go with those before it (select_common_type).
std::optional<Type> find_common_type(std::span<const Type> types, size_t* at = nullptr);

// Whether arguments of the types `actual` may be given to what is declared
// (check_generic_type_consistency).
bool are_consistent(std::span<const Type> actual, std::span<const Type> declared);

// Puts in what they stand for, in the result, too. Throws QueryError where that is not known
// (enforce_generic_type_consistency).
void put_in_types(std::span<const Type> actual, std::vector<Type>& declared, Type& result,
                  int location);

}  // namespace sql
