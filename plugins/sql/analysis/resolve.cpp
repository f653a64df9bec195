#include "analysis/resolve.hpp"

#include <algorithm>

#include "analysis/polymorphic.hpp"
#include "analysis/query_error.hpp"
#include "evaluation/array_expressions.hpp"

namespace sql {
namespace {

using Types = std::vector<Type>;

std::string list_of(const Types& types) {
  std::string text;
  for (const Type type : types) text += (text.empty() ? "" : ", ") + name_of(type);
  return text;
}

Types types_of(std::span<const Term> terms) {
  Types types;
  for (const Term& term : terms) types.push_back(term.type());
  return types;
}

bool is_unknown(Type type) { return type == Type(Base::kUnknown); }

using Candidates = std::vector<const Routine*>;

// What an argument of a candidate is: a variadic one takes its last type for all that follow.
Type parameter(const Routine& routine, size_t i) {
  return routine.arguments[std::min(i, routine.arguments.size() - 1)];
}

bool takes(const Routine& routine, size_t count) {
  return routine.is_variadic ? count >= routine.arguments.size()
                             : count == routine.arguments.size();
}

Types parameters(const Routine& routine, size_t count) {
  Types types;
  for (size_t i = 0; i < count; ++i) types.push_back(parameter(routine, i));
  return types;
}

bool accepts(const Routine& routine, const Types& types) {
  if (!takes(routine, types.size())) return false;
  bool has_polymorphic = false;
  for (size_t i = 0; i < types.size(); ++i) {
    const Type to = parameter(routine, i);
    has_polymorphic = has_polymorphic || to.is_polymorphic();
    if (!to.is_polymorphic() && !Resolver::can_coerce(types[i], to, Coercion::kImplicit))
      return false;
  }
  return !has_polymorphic || are_consistent(types, parameters(routine, types.size()));
}

bool is_exact(const Routine& routine, const Types& types) {
  if (!takes(routine, types.size())) return false;
  for (size_t i = 0; i < types.size(); ++i) {
    if (parameter(routine, i) != types[i]) return false;
  }
  return true;
}

// Keeps those for which `count` is the greatest.
template <class Count>
void keep_best(Candidates& candidates, Count&& count) {
  size_t best = 0;
  for (const Routine* candidate : candidates) best = std::max<size_t>(best, count(*candidate));
  std::erase_if(candidates, [&](const Routine* candidate) { return count(*candidate) < best; });
}

template <class Keep>
void keep_if_any(Candidates& candidates, Keep&& keep) {
  Candidates kept;
  for (const Routine* candidate : candidates) {
    if (keep(*candidate)) kept.push_back(candidate);
  }
  if (!kept.empty()) candidates = std::move(kept);
}

// The category that the candidates want for an unknown argument: of texts if any takes one;
// otherwise the one that they share, if they do.
std::optional<char> category_for(const Candidates& candidates, size_t argument) {
  std::optional<char> shared;
  bool differs = false;
  for (const Routine* candidate : candidates) {
    const char category = category_of(parameter(*candidate, argument));
    if (category == 'S') return 'S';
    if (shared && *shared != category) differs = true;
    shared = category;
  }
  return differs ? std::nullopt : shared;
}

void keep_by_categories(Candidates& candidates, const Types& types) {
  std::vector<std::optional<char>> wanted(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (!is_unknown(types[i])) continue;
    wanted[i] = category_for(candidates, i);
    if (!wanted[i]) return;
  }
  std::vector<bool> has_preferred(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    for (const Routine* candidate : candidates) {
      const Type type = parameter(*candidate, i);
      if (wanted[i] && category_of(type) == *wanted[i] && is_preferred(type))
        has_preferred[i] = true;
    }
  }
  keep_if_any(candidates, [&](const Routine& candidate) {
    for (size_t i = 0; i < types.size(); ++i) {
      const Type type = parameter(candidate, i);
      if (!wanted[i]) continue;
      if (category_of(type) != *wanted[i] || (has_preferred[i] && !is_preferred(type)))
        return false;
    }
    return true;
  });
}

// The types that are known are all the same: then the unknown ones are perhaps, too.
void keep_by_known_type(Candidates& candidates, const Types& types) {
  std::optional<Type> known;
  for (const Type type : types) {
    if (is_unknown(type)) continue;
    if (known && *known != type) return;
    known = type;
  }
  if (!known) return;
  const Types assumed(types.size(), *known);
  Candidates kept;
  for (const Routine* candidate : candidates) {
    if (accepts(*candidate, assumed)) kept.push_back(candidate);
  }
  if (kept.size() == 1) candidates = std::move(kept);
}

// func_select_candidate. Several are left where none is better than the others.
void select(Candidates& candidates, const Types& types) {
  const auto exact = [&](const Routine& candidate) {
    size_t count = 0;
    for (size_t i = 0; i < types.size(); ++i)
      count += !is_unknown(types[i]) && parameter(candidate, i) == types[i];
    return count;
  };
  const auto exact_or_preferred = [&](const Routine& candidate) {
    size_t count = 0;
    for (size_t i = 0; i < types.size(); ++i) {
      const Type type = parameter(candidate, i);
      if (is_unknown(types[i])) continue;
      count +=
          type == types[i] || (category_of(type) == category_of(types[i]) && is_preferred(type));
    }
    return count;
  };
  if (candidates.size() > 1) keep_best(candidates, exact);
  if (candidates.size() > 1) keep_best(candidates, exact_or_preferred);
  const bool has_unknown = std::any_of(types.begin(), types.end(), is_unknown);
  if (candidates.size() > 1 && has_unknown) keep_by_categories(candidates, types);
  if (candidates.size() > 1 && has_unknown) keep_by_known_type(candidates, types);
}

Candidates candidates_for(const std::vector<Routine>& routines, const Types& types) {
  Candidates candidates;
  for (const Routine& routine : routines) {
    if (accepts(routine, types)) candidates.push_back(&routine);
  }
  select(candidates, types);
  return candidates;
}

const Routine* exact_among(const std::vector<Routine>& routines, const Types& types) {
  const auto found = std::find_if(routines.begin(), routines.end(),
                                  [&](const Routine& routine) { return is_exact(routine, types); });
  return found == routines.end() ? nullptr : &*found;
}

// The type json, which we lack, has these, too: an unknown operand may be of either type.
bool is_operator_of_json(std::string_view name) {
  return name == "->" || name == "->>" || name == "#>" || name == "#>>";
}

// An unknown operand is taken for the other's type, if there is such an operator.
const Routine* exact_operator(const std::vector<Routine>& routines, Types types) {
  if (types.size() == 2) {
    if (is_unknown(types[0])) types[0] = types[1];
    else if (is_unknown(types[1])) types[1] = types[0];
  }
  return exact_among(routines, types);
}

}  // namespace

void Resolver::refuse_path(Type type, int location) {
  if (type.base == Base::kJsonPath)
    throw QueryError("0A000", "jsonpath is supported as a literal argument only", location);
}

bool Resolver::can_coerce(Type from, Type to, Coercion how) {
  if (from == to || is_unknown(from)) return true;
  switch (cast_between(from, to)) {
    case Cast::kNone: return false;
    case Cast::kImplicit: return true;
    case Cast::kAssignment: return how != Coercion::kImplicit;
    case Cast::kExplicit: return how == Coercion::kExplicit;
    case Cast::kText:
      return how == Coercion::kExplicit ||
             (how == Coercion::kAssignment && to == Type(Base::kText));
  }
  return false;
}

Term Resolver::coerce(Term term, Type to, Coercion how, int location) const {
  const Type from = term.type();
  if (from == to) return term;
  if (is_unknown(from)) return literal(std::move(term), to);
  refuse_path(from, location);
  refuse_path(to, location);
  const bool is_of_elements = from.is_array && to.is_array;
  const Routine* const cast = is_of_elements ? Catalogue::get().cast(from.element(), to.element())
                                             : Catalogue::get().cast(from, to);
  if (!can_coerce(from, to, how) || cast == nullptr) {
    throw QueryError("42846", "cannot cast type " + name_of(from) + " to " + name_of(to), location);
  }
  std::vector<ExpressionPointer> of;
  of.push_back(std::move(term.expression));
  return {is_of_elements ? make_over_elements(*cast, to, std::move(of))
                         : make_call(*cast, to, std::move(of), -1),
          -1};
}

Term Resolver::literal(Term term, Type to) const {
  const Vector& value = constant_of(*term.expression);
  const int location = term.location;
  if (value.is_null(0)) return {make_constant(to, nullptr), location};
  const Text text = value.of<Text>()[0];
  Term as_text{make_text_constant(Base::kText, text), location};
  if (to == Type(Base::kText)) return as_text;
  const Routine* const read = Catalogue::get().cast(Base::kText, to);
  if (read == nullptr)
    throw QueryError("42846", "cannot cast type text to " + name_of(to), location);
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(as_text.expression));
  // A literal is read where it stands, even if what it means depends on the session.
  Routine at_once = *read;
  at_once.is_stable = false;
  Term result{make_call(at_once, to, std::move(arguments), location), location};
  result.expression->fold(result.expression, run_);
  return result;
}

Chosen Resolver::choose(const Routine& routine, const Types& types, int location) {
  Chosen chosen{&routine, parameters(routine, types.size()), routine.result};
  const bool is_polymorphic = std::any_of(chosen.arguments.begin(), chosen.arguments.end(),
                                          [](Type type) { return type.is_polymorphic(); });
  if (!is_polymorphic) return chosen;
  for (size_t i = 0; i < types.size(); ++i) {
    if (chosen.arguments[i].is_polymorphic()) refuse_path(types[i], location);
  }
  put_in_types(types, chosen.arguments, chosen.result, location);
  for (size_t i = 0; i < types.size(); ++i) {
    if (chosen.arguments[i] == Type(Base::kAny))
      chosen.arguments[i] = is_unknown(types[i]) ? Type(Base::kText) : types[i];
    // Goes on as its text: textanycat, anytextcat.
    if (routine.arguments[i < routine.arguments.size() ? i : 0] == Type(Base::kAnyNonArray))
      chosen.arguments[i] = Base::kText;
  }
  return chosen;
}

// Those from `begin` on become an array.
static void gather(std::vector<ExpressionPointer>& arguments, size_t begin) {
  std::vector<ExpressionPointer> items(
      std::make_move_iterator(arguments.begin() + static_cast<ptrdiff_t>(begin)),
      std::make_move_iterator(arguments.end()));
  const Type type = items[0]->type().array();
  arguments.resize(begin);
  arguments.push_back(make_array(type, std::move(items)));
}

Term Resolver::apply(const Chosen& chosen, std::vector<Term> arguments, int location) const {
  std::vector<ExpressionPointer> coerced;
  for (size_t i = 0; i < arguments.size(); ++i) {
    coerced.push_back(
        coerce(std::move(arguments[i]), chosen.arguments[i], Coercion::kExplicit, location)
            .expression);
  }
  if (chosen.routine->gathers) gather(coerced, chosen.routine->arguments.size() - 1);
  return {make_call(*chosen.routine, chosen.result, std::move(coerced), -1), location};
}

Chosen Resolver::find_operator(const std::string& name, const Types& types, int location) const {
  const std::vector<Routine>& routines = Catalogue::get().operators(name);
  if (const Routine* exact = exact_operator(routines, types))
    return choose(*exact, types, location);
  const Candidates candidates = candidates_for(routines, types);
  const bool is_for_json = is_unknown(types[0]) && is_operator_of_json(name);
  if (candidates.size() == 1 && !is_for_json) return choose(*candidates[0], types, location);
  const std::string shown = types.size() == 2
                                ? name_of(types[0]) + " " + name + " " + name_of(types[1])
                                : name + " " + name_of(types[0]);
  if (candidates.empty()) {
    throw QueryError(
        "42883", "operator does not exist: " + shown, location,
        "No operator matches the given name and argument types. You might need to add explicit "
        "type casts.");
  }
  throw QueryError(
      "42725", "operator is not unique: " + shown, location,
      "Could not choose a best candidate operator. You might need to add explicit type casts.");
}

Term Resolver::operation(const std::string& name, std::optional<Term> left, Term right,
                         int location) const {
  std::vector<Term> operands;
  if (left) operands.push_back(std::move(*left));
  operands.push_back(std::move(right));
  const Chosen chosen = find_operator(name, types_of(operands), location);
  return apply(chosen, std::move(operands), location);
}

Chosen Resolver::find_function(const std::vector<Routine>& routines, const std::string& name,
                               const Types& types, int location) const {
  if (const Routine* exact = exact_among(routines, types)) return choose(*exact, types, location);
  const Candidates candidates = candidates_for(routines, types);
  if (candidates.size() == 1) return choose(*candidates[0], types, location);
  const std::string shown = name + "(" + list_of(types) + ")";
  if (candidates.empty()) {
    throw QueryError(
        "42883", "function " + shown + " does not exist", location,
        "No function matches the given name and argument types. You might need to add explicit "
        "type casts.");
  }
  throw QueryError(
      "42725", "function " + shown + " is not unique", location,
      "Could not choose a best candidate function. You might need to add explicit type casts.");
}

Term Resolver::call(const std::string& name, std::vector<Term> arguments, int location,
                    const std::string& written) const {
  const Types types = types_of(arguments);
  const std::vector<Routine>& routines = Catalogue::get().functions(name);
  if (types.size() == 1 && exact_among(routines, types) == nullptr) {
    // A cast, written as a call of the type (func_get_detail).
    const auto type = find_type(name);
    if (type && (is_unknown(types[0]) || can_coerce(types[0], *type, Coercion::kExplicit))) {
      return coerce(std::move(arguments[0]), *type, Coercion::kExplicit, location);
    }
  }
  const Chosen chosen = find_function(routines, written.empty() ? name : written, types, location);
  return apply(chosen, std::move(arguments), location);
}

const Routine& Resolver::comparison(const std::string& name, Type type, int location) const {
  const Type of = type.is_array ? Type(Base::kAnyElement).array() : type;
  const Types types{of, of};
  if (const Routine* found = exact_among(Catalogue::get().operators(name), types)) return *found;
  throw QueryError("42883", "could not identify an ordering operator for type " + name_of(type),
                   location);
}

Type Resolver::common_type(std::span<const Term* const> terms, const char* context) const {
  Types types;
  for (const Term* term : terms) types.push_back(term->type());
  size_t at = 0;
  if (const auto common = find_common_type(types, &at)) return *common;
  // One before it has a type, or this one would be it.
  const Type before = *find_common_type(std::span(types).first(at));
  throw QueryError("42804",
                   std::string(context) + " types " + name_of(before) + " and " +
                       name_of(types[at]) + " cannot be matched",
                   terms[at]->location);
}

Term Resolver::to_common(Term term, Type type, const char* context) const {
  const Type from = term.type();
  const int location = term.location;
  if (!can_coerce(from, type, Coercion::kImplicit)) {
    throw QueryError(
        "42846",
        std::string(context) + " could not convert type " + name_of(from) + " to " + name_of(type),
        location);
  }
  return coerce(std::move(term), type, Coercion::kImplicit, location);
}

Term Resolver::to_boolean(Term term, const char* context) const {
  const Type type = term.type();
  if (type == Type(Base::kBoolean)) return term;
  if (!is_unknown(type)) {
    throw QueryError(
        "42804",
        "argument of " + std::string(context) + " must be type boolean, not type " + name_of(type),
        term.location);
  }
  const int location = term.location;
  return coerce(std::move(term), Base::kBoolean, Coercion::kImplicit, location);
}

}  // namespace sql
