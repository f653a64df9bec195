// ARRAY[…], subscripts, and comparisons with ANY and ALL.
#include "evaluation/array_expressions.hpp"

#include "analysis/analyzer.hpp"
#include "analysis/query_error.hpp"

namespace sql {
namespace {

constexpr const char* kNoSlices =
    "array slices are not supported; use subscripts, or FROM unnest(…)";

}  // namespace

// transformArrayExpr of parse_expr.c.
Term Analyzer::array(const Tree& body, const std::optional<TypeName>& to) {
  const int at = location(body);
  std::vector<Term> items;
  bool has_arrays = false;
  for (const Tree& node : get(body, "elements")) {
    const bool is_inner = type_of(node) == "A_ArrayExpr";
    items.push_back(is_inner ? array(body_of(node), to) : analyze(node));
    has_arrays = has_arrays || items.back().type().is_array;
  }
  Type type, item_type;
  if (to) {
    type = to->type;
    item_type = has_arrays ? type : type.element();
  } else {
    if (items.empty()) {
      throw QueryError("42P18", "cannot determine type of empty array", at,
                       "Explicitly cast to the desired type, for example ARRAY[]::integer[].");
    }
    std::vector<const Term*> pointers;
    pointers.reserve(items.size());
    for (const Term& item : items) pointers.push_back(&item);
    item_type = resolver_.common_type(pointers, "ARRAY");
    type = item_type.array();
  }
  Resolver::refuse_path(type, at);
  std::vector<ExpressionPointer> expressions;
  for (Term& item : items) {
    const int item_at = item.location;
    if (to) {
      const TypeName item_name{to->name, item_type, to->modifiers, item_at};
      if (item.type() == Type(Base::kUnknown))
        item = item_name.read(std::move(item), resolver_.run());
      item = item_name.limited(
          resolver_.coerce(std::move(item), item_type, Coercion::kExplicit, item_at));
    } else {
      item = resolver_.to_common(std::move(item), item_type, "ARRAY");
    }
    expressions.push_back(std::move(item.expression));
  }
  return {make_array(type, std::move(expressions)), at};
}

Term Analyzer::subscripted(const Tree& body) {
  const Tree& indices = get(body, "indirection");
  Term of = analyze(get(body, "arg"));
  for (const Tree& index : indices) {
    if (type_of(index) != "A_Indices")
      throw QueryError("0A000", "values have no fields here; use -> and ->> for jsonb",
                       location(body));
  }
  const int at = of.location;
  if (of.type().is_array) return element(std::move(of), indices);
  if (of.type() == Type(Base::kJsonb)) return json_element(std::move(of), indices);
  throw QueryError(
      "42804",
      "cannot subscript type " + name_of(of.type()) + " because it does not support subscripting",
      at);
}

// array_subscript_transform of arraysubs.c.
Term Analyzer::element(Term array, const Tree& indices) {
  const int at = array.location;
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(array.expression));
  for (const Tree& index : indices) {
    if (flag(body_of(index), "is_slice")) throw QueryError("0A000", kNoSlices, at);
    Term subscript = analyze(get(body_of(index), "uidx"));
    if (!Resolver::can_coerce(subscript.type(), Base::kInteger, Coercion::kAssignment))
      throw QueryError("42804", "array subscript must have type integer", subscript.location);
    const int subscript_at = subscript.location;
    arguments.push_back(
        resolver_.coerce(std::move(subscript), Base::kInteger, Coercion::kAssignment, subscript_at)
            .expression);
  }
  if (indices.size() > ArrayBody::kMostDimensions) {
    throw QueryError("54000",
                     "number of array dimensions (" + std::to_string(indices.size()) +
                         ") exceeds the maximum allowed (6)",
                     at);
  }
  return {make_subscript(std::move(arguments)), at};
}

// jsonb_subscript_transform of jsonbsubs.c: a path, whose steps are texts.
Term Analyzer::json_element(Term document, const Tree& indices) {
  const int at = document.location;
  std::vector<ExpressionPointer> steps;
  for (const Tree& index : indices) {
    if (flag(body_of(index), "is_slice"))
      throw QueryError("42804", "jsonb subscript does not support slices", at);
    Term step = analyze(get(body_of(index), "uidx"));
    const int step_at = step.location;
    const Type type = step.type();
    const bool is_number = Resolver::can_coerce(type, Base::kInteger, Coercion::kImplicit);
    const bool is_text = Resolver::can_coerce(type, Base::kText, Coercion::kImplicit);
    if (type != Type(Base::kUnknown) && is_number == is_text)
      throw QueryError("42804", "subscript type " + name_of(type) + " is not supported", step_at);
    if (type != Type(Base::kUnknown) && is_number)
      step = resolver_.coerce(std::move(step), Base::kInteger, Coercion::kImplicit, step_at);
    steps.push_back(
        resolver_.coerce(std::move(step), Base::kText, Coercion::kExplicit, step_at).expression);
  }
  Term path{make_array(Type(Base::kText).array(), std::move(steps)), at};
  // What is constant in it is computed, but a NULL does not decide it before (SubscriptingRef in
  // eval_const_expressions of clauses.c).
  static const Routine subscript = [] {
    const std::vector<Routine>& routines = Catalogue::get().operators("#>");
    Routine routine = routines.front();
    routine.is_strict = false;
    return routine;
  }();
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(document.expression));
  arguments.push_back(std::move(path.expression));
  return {make_call(subscript, Base::kJsonb, std::move(arguments), -1), at};
}

// make_scalar_array_op of parse_oper.c.
Term Analyzer::any_or_all(Term scalar, const std::string& name, Term array, bool is_any, int at) {
  const Type type = array.type();
  if (type != Type(Base::kUnknown) && !type.is_array)
    throw QueryError("42809", "op ANY/ALL (array) requires array on right side", at);
  const Chosen chosen = resolver_.find_operator(name, {scalar.type(), type.element()}, at);
  if (chosen.result != Type(Base::kBoolean))
    throw QueryError("42809", "op ANY/ALL (array) requires operator to yield boolean", at);
  if (chosen.arguments[1].is_array) {
    throw QueryError("42704",
                     "could not find array type for data type " + name_of(chosen.arguments[1]), at);
  }
  scalar = resolver_.coerce(std::move(scalar), chosen.arguments[0], Coercion::kImplicit, at);
  array = resolver_.coerce(std::move(array), chosen.arguments[1].array(), Coercion::kImplicit, at);
  return {make_any_or_all(*chosen.routine, is_any, std::move(scalar.expression),
                          std::move(array.expression)),
          at};
}

}  // namespace sql
