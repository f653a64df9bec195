// Which operator, function or cast is meant, by PostgreSQL's rules of type conversion
// (parse_oper.c, parse_func.c, parse_coerce.c; chapter 10 of its manual).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "evaluation/expression.hpp"

namespace sql {

// An expression and where it stands in the query.
struct Term {
  ExpressionPointer expression;
  int location = -1;

  Type type() const { return expression->type(); }
};

// An operator or a function, and what its arguments and its result are in this call of it.
struct Chosen {
  const Routine* routine;
  std::vector<Type> arguments;
  Type result;
};

enum class Coercion { kImplicit, kAssignment, kExplicit };

class Resolver {
 public:
  explicit Resolver(Run& run) : run_(run) {}

  // All throw QueryError.
  Term coerce(Term term, Type to, Coercion how, int location) const;
  // `left` has none for a prefix operator.
  Term operation(const std::string& name, std::optional<Term> left, Term right, int location) const;
  // Which operator it is; its arguments' types are those that the operands must be brought to.
  Chosen find_operator(const std::string& name, const std::vector<Type>& types, int location) const;
  // Of functions with one name, as messages have it.
  Chosen find_function(const std::vector<Routine>& routines, const std::string& name,
                       const std::vector<Type>& types, int location) const;
  // `written` is the name as the query has it.
  Term call(const std::string& name, std::vector<Term> arguments, int location,
            const std::string& written = "") const;
  const Routine& comparison(const std::string& name, Type type, int location) const;

  // The type that all of these can be (select_common_type). `context` is what messages call it.
  Type common_type(std::span<const Term* const> terms, const char* context) const;
  Term to_common(Term term, Type type, const char* context) const;
  Term to_boolean(Term term, const char* context) const;

  // A jsonpath is nothing that could be computed with, or given out.
  static void refuse_path(Type type, int location);
  static bool can_coerce(Type from, Type to, Coercion how);

 private:
  Term literal(Term term, Type to) const;
  static Chosen choose(const Routine& routine, const std::vector<Type>& types, int location);
  Term apply(const Chosen& chosen, std::vector<Term> arguments, int location) const;

  Run& run_;
};

}  // namespace sql
