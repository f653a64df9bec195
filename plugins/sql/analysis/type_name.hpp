// A type as a cast names it.
#pragma once

#include "analysis/resolve.hpp"
#include "analysis/syntax.hpp"

namespace sql {

struct TypeName {
  Type type;
  std::vector<int32_t> modifiers;  // numeric(10,2)
  int location = -1;

  // A value of the type, brought within what the modifiers allow.
  Term limited(Term term) const;
};

// Throws QueryError.
TypeName read_type_name(const Tree& body);

}  // namespace sql
