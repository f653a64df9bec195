// A type as a cast names it.
#pragma once

#include "analysis/resolve.hpp"
#include "analysis/syntax.hpp"

namespace sql {

struct TypeName {
  std::string name;  // as the grammar has it: "varchar", "timestamptz"
  Type type;
  std::vector<int32_t> modifiers;  // numeric(10,2)
  int location = -1;

  // Throws QueryError where the type has no such modifiers.
  void check();
  // A literal that the modifiers read otherwise: '1' as interval hour.
  Term read(Term literal, Run& run) const;
  // A value of the type, brought within what the modifiers allow.
  Term limited(Term term) const;
};

// Throws QueryError.
TypeName read_type_name(const Tree& body);

}  // namespace sql
