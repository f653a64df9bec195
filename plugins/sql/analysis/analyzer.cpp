#include "analysis/analyzer.hpp"

#include <map>

#include "analysis/query_error.hpp"
#include "analysis/refused_functions.hpp"
#include "analysis/type_name.hpp"
#include "evaluation/array_expressions.hpp"
#include "values/numeric_math.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

bool negate_boolean(bool value) { return !value; }

const Routine& negation() {
  static const Routine routine{
      "NOT", {Base::kBoolean}, Base::kBoolean, KernelOf<negate_boolean>::kKernel};
  return routine;
}

std::vector<ExpressionPointer> expressions_of(std::vector<Term>& terms) {
  std::vector<ExpressionPointer> expressions;
  expressions.reserve(terms.size());
  for (Term& term : terms) expressions.push_back(std::move(term.expression));
  return expressions;
}

std::vector<const Term*> pointers_to(const std::vector<Term>& terms) {
  std::vector<const Term*> pointers;
  pointers.reserve(terms.size());
  for (const Term& term : terms) pointers.push_back(&term);
  return pointers;
}

// What is refused, and what does instead. By the node's type.
const std::map<std::string, std::string, std::less<>> refused_nodes{
    {"SubLink", "subqueries are not supported; use LATERAL functions, or a lookup table"},
    {"RowExpr", "rows as values are not supported; use jsonb_build_object or separate columns"},
    {"CollateClause", "COLLATE is not supported; all texts are compared byte by byte"},
    {"ParamRef", "parameters are not supported; write the value"},
    {"SQLValueFunction", "the time of execution is not supported; use the column received"},
    {"GroupingFunc", "aggregates are not supported"},
    {"XmlExpr", "XML is not supported"},
    {"XmlSerialize", "XML is not supported"},
    {"CurrentOfExpr", "cursors are not supported"},
    {"SetToDefault", "DEFAULT is not allowed in this context"},
    {"MultiAssignRef", "this is not supported"},
};

}  // namespace

Term Analyzer::analyze(const Tree& node) {
  const std::string type = type_of(node);
  const Tree& body = body_of(node);
  if (type == "ColumnRef") return column(body);
  if (type == "A_Const") return constant(body);
  if (type == "A_Expr") return operation(body);
  if (type == "BoolExpr") return junction(body);
  if (type == "CaseExpr") return case_of(body);
  if (type == "CoalesceExpr") return coalesce(body);
  if (type == "MinMaxExpr") return extreme(body);
  if (type == "NullTest") return test(body, false);
  if (type == "BooleanTest") return test(body, true);
  if (type == "FuncCall") return call(body);
  if (type == "TypeCast") return cast(body);
  if (type == "A_ArrayExpr") return array(body, std::nullopt);
  if (type == "A_Indirection") return subscripted(body);
  if (type == "NamedArgExpr") {
    Term argument = analyze(get(body, "arg"));
    argument.name = text(body, "name");
    return argument;
  }
  const auto refused = refused_nodes.find(type);
  throw QueryError("0A000",
                   refused == refused_nodes.end() ? "this is not supported" : refused->second,
                   location(body));
}

std::vector<Term> Analyzer::analyze_all(const Tree& list) {
  std::vector<Term> terms;
  for (const Tree& node : list) terms.push_back(analyze(node));
  return terms;
}

Term Analyzer::made(const Source& source, const Source::Name& column, int at) {
  deepest_ = std::max(deepest_, source.level);
  return {column.make(depth_), at};
}

Analyzer::Found Analyzer::find_column(const Tree& body) const {
  const int at = location(body);
  const Tree& fields = get(body, "fields");
  for (const Tree& field : fields) {
    if (type_of(field) == "A_Star")
      throw QueryError("0A000", "row expansion via \"*\" is not supported here", at);
  }
  const std::vector<std::string> names = strings(fields);
  if (names.size() > 2) throw QueryError("0A000", "a column has at most a table before it", at);
  const std::string& name = names.back();
  Found found;
  bool has_table = false;
  for (const Source& source : visible()) {
    if (names.size() == 2 && source.alias != names[0]) continue;
    has_table = true;
    for (const Source::Name& column : source.columns) {
      if (column.name != name) continue;
      if (found.column)
        throw QueryError("42702", "column reference \"" + name + "\" is ambiguous", at);
      found = {&source, &column};
    }
  }
  if (found.column) return found;
  if (names.size() == 2 && !has_table) {
    throw QueryError("42P01", "missing FROM-clause entry for table \"" + names[0] + "\"", at);
  }
  if (names.size() == 2)
    throw QueryError("42703", "column " + names[0] + "." + name + " does not exist", at);
  for (const Source& source : visible()) {
    if (source.alias == name && source.alias_is_value) return {&source, &source.columns[0]};
  }
  throw QueryError("42703", "column \"" + name + "\" does not exist", at);
}

Term Analyzer::column(const Tree& body) {
  const Found found = find_column(body);
  return made(*found.source, *found.column, location(body));
}

bool Analyzer::may_be_null(const Tree& node) const {
  return type_of(node) != "ColumnRef" || find_column(body_of(node)).column->may_be_null;
}

Term Analyzer::constant(const Tree& body) {
  const int at = location(body);
  if (flag(body, "isnull")) return {make_constant(Base::kUnknown, nullptr), at};
  if (body.contains("ival")) {
    const int32_t number = integer_of(body);
    return {make_constant(Base::kInteger, &number), at};
  }
  if (body.contains("boolval")) {
    const bool truth = flag(get(body, "boolval"), "boolval");
    return {make_constant(Base::kBoolean, &truth), at};
  }
  if (body.contains("sval"))
    return {make_text_constant(Base::kUnknown, text(get(body, "sval"), "sval")), at};
  if (body.contains("fval")) {
    // More than an integer holds, or with a point or an exponent (make_const of parse_node.c).
    Term literal{make_text_constant(Base::kUnknown, text(get(body, "fval"), "fval")), at};
    std::string digits = text(get(body, "fval"), "fval");
    const bool is_negative = digits.starts_with('-');
    if (is_negative) digits.erase(0, 1);
    const bool is_whole = digits.find_first_not_of("0123456789") == digits.npos;
    const bool is_bigint =
        is_whole && (digits.size() < 19 ||
                     (digits.size() == 19 &&
                      digits <= (is_negative ? "9223372036854775808" : "9223372036854775807")));
    if (is_negative && digits == "2147483648")
      return resolver_.coerce(std::move(literal), Base::kInteger, Coercion::kImplicit, at);
    return resolver_.coerce(std::move(literal), is_bigint ? Base::kBigint : Base::kNumeric,
                            Coercion::kImplicit, at);
  }
  throw QueryError("0A000", "bit strings are not supported", at);
}

Term Analyzer::operation(const Tree& body) {
  const std::string kind = text(body, "kind");
  const std::vector<std::string> names = strings(get(body, "name"));
  const std::string name = names.empty() ? "" : names.back();
  if (kind == "AEXPR_OP" || kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE" ||
      kind == "AEXPR_SIMILAR")
    return plain_operation(name, body);
  if (kind == "AEXPR_DISTINCT") return distinct(body, true);
  if (kind == "AEXPR_NOT_DISTINCT") return distinct(body, false);
  if (kind == "AEXPR_NULLIF") return null_if(body);
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") {
    Term scalar = analyze(get(body, "lexpr"));
    Term array = analyze(get(body, "rexpr"));
    return any_or_all(std::move(scalar), name, std::move(array), kind == "AEXPR_OP_ANY",
                      location(body));
  }
  if (kind == "AEXPR_IN") return in_list(body, name);
  if (kind == "AEXPR_BETWEEN") return between(body, false);
  if (kind == "AEXPR_BETWEEN_SYM") return between(body, true);
  if (kind == "AEXPR_NOT_BETWEEN") return negated(between(body, false), location(body));
  if (kind == "AEXPR_NOT_BETWEEN_SYM") return negated(between(body, true), location(body));
  throw QueryError("0A000", "this is not supported", location(body));
}

Term Analyzer::plain_operation(const std::string& name, const Tree& body) {
  const int at = location(body);
  const Tree &left = get(body, "lexpr"), &right = get(body, "rexpr");
  if (left.is_null()) return resolver_.operation(name, std::nullopt, analyze(right), at);
  Term one = analyze(left);
  Term other = analyze(right);
  return resolver_.operation(name, std::move(one), std::move(other), at);
}

Term Analyzer::negated(Term term, int at) {
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(term.expression));
  return {make_call(negation(), Base::kBoolean, std::move(arguments), -1), at};
}

// transformAExprIn of parse_expr.c: items without columns are compared as one array, if they and x
// have a type in common and it has arrays; the others are x = a OR x = b.
Term Analyzer::in_list(const Tree& body, const std::string& name) {
  const int at = location(body);
  const Tree& items = get(get(get(body, "rexpr"), "List"), "items");
  const bool is_in = name == "=";
  std::vector<Term> all, apart;
  all.push_back(analyze(get(body, "lexpr")));
  for (const Tree& item : items) all.push_back(analyze(item));
  std::vector<const Term*> of_one_type{&all[0]};
  std::vector<bool> stands_apart(all.size());
  for (size_t i = 1; i < all.size(); ++i) {
    stands_apart[i] = has_columns(items[i - 1]);
    if (!stands_apart[i]) of_one_type.push_back(&all[i]);
  }
  std::optional<Type> type;
  try {
    if (of_one_type.size() > 2) type = resolver_.common_type(of_one_type, "IN");
  } catch (const QueryError&) {
    type.reset();  // each pair by itself
  }
  if (type && type->is_array) type.reset();
  std::vector<ExpressionPointer> elements, tests;
  for (size_t i = 1; i < all.size(); ++i) {
    if (!type || stands_apart[i]) apart.push_back(std::move(all[i]));
    else elements.push_back(resolver_.to_common(std::move(all[i]), *type, "IN").expression);
  }
  if (type) {
    Term array{make_array(type->array(), std::move(elements)), at};
    tests.push_back(any_or_all(std::move(all[0]), name, std::move(array), is_in, at).expression);
  }
  for (Term& other : apart) {
    Term test = resolver_.operation(name, analyze(get(body, "lexpr")), std::move(other), at);
    tests.push_back(resolver_.to_boolean(std::move(test), is_in ? "OR" : "AND").expression);
  }
  if (tests.size() == 1) return {std::move(tests[0]), at};
  return {is_in ? make_or(std::move(tests)) : make_and(std::move(tests)), at};
}

Term Analyzer::range(const Tree& value, const Tree& low, const Tree& high, int at) {
  std::vector<ExpressionPointer> both;
  both.push_back(resolver_.operation(">=", analyze(value), analyze(low), at).expression);
  both.push_back(resolver_.operation("<=", analyze(value), analyze(high), at).expression);
  return {make_and(std::move(both)), at};
}

Term Analyzer::between(const Tree& body, bool symmetric) {
  const int at = location(body);
  const Tree& bounds = get(get(get(body, "rexpr"), "List"), "items");
  const Tree& value = get(body, "lexpr");
  Term in_order = range(value, bounds[0], bounds[1], at);
  if (!symmetric) return in_order;
  std::vector<ExpressionPointer> either;
  either.push_back(std::move(in_order.expression));
  either.push_back(range(value, bounds[1], bounds[0], at).expression);
  return {make_or(std::move(either)), at};
}

Term Analyzer::junction(const Tree& body) {
  const std::string kind = text(body, "boolop");
  const char* const context = kind == "NOT_EXPR" ? "NOT" : kind == "OR_EXPR" ? "OR" : "AND";
  std::vector<ExpressionPointer> arguments;
  for (const Tree& node : get(body, "args")) {
    arguments.push_back(resolver_.to_boolean(analyze(node), context).expression);
  }
  const int at = location(body);
  if (kind == "NOT_EXPR") return negated({std::move(arguments[0]), at}, at);
  return {kind == "OR_EXPR" ? make_or(std::move(arguments)) : make_and(std::move(arguments)), at};
}

Term Analyzer::case_of(const Tree& body) {
  const Tree& subject = get(body, "arg");
  std::vector<ExpressionPointer> conditions;
  std::vector<Term> results;
  for (const Tree& node : get(body, "args")) {
    const Tree& when = body_of(node);
    Term condition = analyze(get(when, "expr"));
    if (!subject.is_null()) {
      const int at = condition.location;
      condition = resolver_.operation("=", analyze(subject), std::move(condition), at);
    }
    conditions.push_back(resolver_.to_boolean(std::move(condition), "CASE/WHEN").expression);
    results.push_back(analyze(get(when, "result")));
  }
  const Tree& otherwise = get(body, "defresult");
  const bool has_otherwise = !otherwise.is_null();
  // Of which the type is chosen before the others' (transformCaseExpr).
  if (has_otherwise) results.insert(results.begin(), analyze(otherwise));
  const Type type = resolver_.common_type(pointers_to(results), "CASE");
  std::vector<When> whens;
  for (size_t i = 0; i < conditions.size(); ++i) {
    whens.push_back(
        {std::move(conditions[i]),
         resolver_.to_common(std::move(results[i + has_otherwise]), type, "CASE/WHEN").expression});
  }
  ExpressionPointer last;
  if (has_otherwise)
    last = resolver_.to_common(std::move(results[0]), type, "CASE/ELSE").expression;
  return {make_case(type, std::move(whens), std::move(last)), location(body)};
}

Term Analyzer::coalesce(const Tree& body) {
  std::vector<Term> terms = analyze_all(get(body, "args"));
  const Type type = resolver_.common_type(pointers_to(terms), "COALESCE");
  for (Term& term : terms) term = resolver_.to_common(std::move(term), type, "COALESCE");
  return {make_coalesce(type, expressions_of(terms)), location(body)};
}

Term Analyzer::extreme(const Tree& body) {
  const bool is_least = text(body, "op") == "IS_LEAST";
  std::vector<Term> terms = analyze_all(get(body, "args"));
  const char* const context = is_least ? "LEAST" : "GREATEST";
  const Type type = resolver_.common_type(pointers_to(terms), context);
  for (Term& term : terms) term = resolver_.to_common(std::move(term), type, context);
  const Routine& is_more = resolver_.comparison(is_least ? "<" : ">", type, location(body));
  return {make_extreme(type, is_more, expressions_of(terms)), location(body)};
}

Term Analyzer::test(const Tree& body, bool of_truth) {
  const int at = location(body);
  Term of = analyze(get(body, "arg"));
  if (!of_truth) {
    const Test kind = text(body, "nulltesttype") == "IS_NOT_NULL" ? Test::kNotNull : Test::kNull;
    if (of.type() == Type(Base::kUnknown))
      of = resolver_.coerce(std::move(of), Base::kText, Coercion::kImplicit, at);
    return {make_test(kind, std::move(of.expression)), at};
  }
  static const std::map<std::string, std::pair<Test, const char*>> tests{
      {"IS_TRUE", {Test::kTrue, "IS TRUE"}},
      {"IS_NOT_TRUE", {Test::kNotTrue, "IS NOT TRUE"}},
      {"IS_FALSE", {Test::kFalse, "IS FALSE"}},
      {"IS_NOT_FALSE", {Test::kNotFalse, "IS NOT FALSE"}},
      {"IS_UNKNOWN", {Test::kNull, "IS UNKNOWN"}},
      {"IS_NOT_UNKNOWN", {Test::kNotNull, "IS NOT UNKNOWN"}},
  };
  const auto& [kind, words] =
      tests.at(text(body, "booltesttype").empty() ? "IS_TRUE" : text(body, "booltesttype"));
  return {make_test(kind, resolver_.to_boolean(std::move(of), words).expression), at};
}

// Two operands and the operator = that fits them, to which they are brought.
const Routine& Analyzer::equality(const Tree& body, std::vector<Term>& both) {
  const int at = location(body);
  both.push_back(analyze(get(body, "lexpr")));
  both.push_back(analyze(get(body, "rexpr")));
  const Chosen equal = resolver_.find_operator("=", {both[0].type(), both[1].type()}, at);
  for (size_t i = 0; i < 2; ++i) {
    both[i] = resolver_.coerce(std::move(both[i]), equal.arguments[i], Coercion::kImplicit, at);
  }
  return *equal.routine;
}

Term Analyzer::distinct(const Tree& body, bool wanted) {
  std::vector<Term> both;
  const Routine& equal = equality(body, both);
  return {
      make_distinct(equal, wanted, std::move(both[0].expression), std::move(both[1].expression)),
      location(body)};
}

// Has the type of the first as = takes it.
Term Analyzer::null_if(const Tree& body) {
  std::vector<Term> both;
  const Routine& equal = equality(body, both);
  const Type type = both[0].type();
  return {make_nullif(type, equal, std::move(both[0].expression), std::move(both[1].expression)),
          location(body)};
}

Term Analyzer::call(const Tree& body) {
  const int at = location(body);
  const std::vector<std::string> names = strings(get(body, "funcname"));
  for (const char* const part :
       {"agg_order", "agg_filter", "over", "agg_within_group", "agg_distinct", "agg_star"}) {
    if (!body.contains(part)) continue;
    throw QueryError("0A000", "aggregates and window functions are not supported", at);
  }
  const std::string_view refusal = refusal_of_function(names.back());
  if (!refusal.empty()) throw QueryError("0A000", std::string(refusal), at);
  if (flag(body, "func_variadic"))
    throw QueryError("0A000", "VARIADIC is not supported; write the arguments one by one", at);
  std::string written;
  for (const std::string& name : names) written += (written.empty() ? "" : ".") + name;
  return resolver_.call(names.back(), analyze_all(get(body, "args")), at, written);
}

Term Analyzer::cast(const Tree& body) {
  const int at = location(body);
  const TypeName to = read_type_name(get(body, "typeName"));
  const Tree& arg = get(body, "arg");
  // The elements are cast, then, not the array (transformTypeCast).
  Term of =
      to.type.is_array && type_of(arg) == "A_ArrayExpr" ? array(body_of(arg), to) : analyze(arg);
  if (of.type() == Type(Base::kUnknown)) of = to.read(std::move(of), resolver_.run());
  Term result = resolver_.coerce(std::move(of), to.type, Coercion::kExplicit, at);
  return to.limited(std::move(result));
}

std::string Analyzer::name_of_result(const Tree& node) {
  // A name, and whether a surrounding cast has none better to offer.
  const std::function<std::pair<std::string, int>(const Tree&)> find = [&](const Tree& tree) {
    const std::string type = type_of(tree);
    const Tree& body = body_of(tree);
    const auto strong = [](std::string name) { return std::pair(std::move(name), 2); };
    if (type == "ColumnRef") {
      const std::vector<std::string> names = strings(get(body, "fields"));
      if (!names.empty()) return strong(names.back());
    }
    if (type == "A_Indirection") return find(get(body, "arg"));
    if (type == "FuncCall") return strong(strings(get(body, "funcname")).back());
    if (type == "A_Expr" && text(body, "kind") == "AEXPR_NULLIF") return strong("nullif");
    if (type == "CoalesceExpr") return strong("coalesce");
    if (type == "MinMaxExpr") return strong(text(body, "op") == "IS_LEAST" ? "least" : "greatest");
    if (type == "A_ArrayExpr") return strong("array");
    if (type == "RowExpr") return strong("row");
    if (type == "TypeCast") {
      auto inner = find(get(body, "arg"));
      if (inner.second > 1) return inner;
      return std::pair(strings(get(get(body, "typeName"), "names")).back(), 1);
    }
    if (type == "CaseExpr") {
      auto inner = find(get(body, "defresult"));
      return inner.second > 1 ? inner : std::pair(std::string("case"), 1);
    }
    return std::pair(std::string("?column?"), 0);
  };
  return find(node).first;
}

}  // namespace sql
