// How FROM is analysed: each item behind `input` makes rows of those before it, or, where it is one
// row of expressions, gives them names.
#include "analysis/named_arguments.hpp"
#include "analysis/query_error.hpp"
#include "evaluation/rows_of_values.hpp"
#include "query/query.hpp"

namespace sql {
namespace {

// The names that an alias gives columns, in place of their own.
void rename_columns(const Tree& body, Source& source) {
  const std::vector<std::string> given = strings(get(get(body, "alias"), "colnames"));
  if (given.size() > source.columns.size()) {
    throw QueryError("42P10",
                     "table \"" + source.alias + "\" has " + std::to_string(source.columns.size()) +
                         " columns available but " + std::to_string(given.size()) +
                         " columns specified",
                     -1);
  }
  for (size_t i = 0; i < given.size(); ++i) source.columns[i].name = given[i];
}

bool is_true(const Tree& condition) {
  return flag(get(get(condition, "A_Const"), "boolval"), "boolval");
}

void check_constants(const SetFunction& function, const std::vector<ExpressionPointer>& arguments,
                     Run& run, int at) {
  std::vector<const Vector*> constants;
  constants.reserve(arguments.size());
  for (const auto& argument : arguments)
    constants.push_back(argument->is_constant() ? &constant_of(*argument) : nullptr);
  Arena arena;
  Failures failures;
  failures.start(1);
  Run once(arena, &run.json_reader());
  once.set_regexps(run.regexps());
  once.set_failures(failures);
  function.check(once, constants);
  if (failures.any()) throw QueryError(failures.of(0).state, failures.of(0).message, at);
}

const std::vector<Source>& no_sources() {
  static const std::vector<Source> none;
  return none;
}

// A literal that has got no type is a text.
Term typed(const Analyzer& analyzer, Term term) {
  if (term.type() != Type(Base::kUnknown)) return term;
  const int at = term.location;
  return analyzer.resolver().coerce(std::move(term), Base::kText, Coercion::kImplicit, at);
}

// Computes `value` for all rows and takes it where `holds`.
ExpressionPointer make_value_where(const Source::Name& value, size_t level, Expression& holds) {
  std::vector<ExpressionPointer> tests, conditions;
  tests.push_back(make_test(Test::kNull, value.make(level)));
  tests.push_back(make_test(Test::kNotNull, value.make(level)));
  conditions.push_back(make_or(std::move(tests)));
  conditions.push_back(make_inherited(holds, level, level));
  std::vector<When> whens;
  whens.push_back({make_and(std::move(conditions)), value.make(level)});
  return make_case(value.type, std::move(whens), nullptr);
}

}  // namespace

std::string Query::alias_of(const Tree& body, const std::string& otherwise) {
  const std::string alias = text(get(body, "alias"), "aliasname");
  return alias.empty() ? otherwise : alias;
}

void Query::add_from(const Tree& item, bool is_outer) {
  const std::string type = type_of(item);
  const Tree& body = body_of(item);
  if (type == "RangeVar") {
    // The first is it; its own names were given it with its columns.
    if (functions_.empty() && text(body, "relname") == "input" && sources_.size() == 1 &&
        !is_outer && !std::exchange(has_input_, true)) {
      rename_columns(body, sources_.front());
      return;
    }
    throw QueryError("0A000", "only one table, input, is supported", location(body));
  }
  if (type == "RangeFunction") return add_function(body, is_outer);
  if (type == "RangeSubselect") return add_subselect(body, is_outer);
  if (type == "JoinExpr" && !is_outer) return add_join(body);
  throw QueryError("0A000", "this is not supported in FROM", location(body));
}

void Query::add_join(const Tree& body) {
  const std::string kind = text(body, "jointype");
  if (kind != "JOIN_INNER" && kind != "JOIN_LEFT")
    throw QueryError("0A000", "only CROSS JOIN, JOIN and LEFT JOIN are supported", -1);
  for (const char* const part : {"isNatural", "usingClause", "alias"}) {
    if (body.contains(part))
      throw QueryError("0A000", "NATURAL, USING and an alias of a JOIN are not supported", -1);
  }
  const bool is_outer = kind == "JOIN_LEFT";
  const Tree& condition = get(body, "quals");
  add_from(get(body, "larg"), false);
  const size_t levels_before = levels_.size();
  add_from(get(body, "rarg"), is_outer);
  if (condition.is_null() || is_true(condition)) return;
  if (!is_outer) return add_conditions(condition, "JOIN/ON");
  Analyzer analyzer(run_, sources_);
  analyzer.set_depth(levels_.size() - 1);
  Term joins = analyzer.resolver().to_boolean(analyzer.analyze(condition), "JOIN/ON");
  fold(joins.expression);
  if (levels_.size() == levels_before) make_optional(sources_.back(), std::move(joins.expression));
  else functions_.back().condition = std::move(joins.expression);
}

void Query::add_function(const Tree& body, bool is_outer) {
  const Tree& lists = get(body, "functions");
  if (lists.size() != 1 || flag(body, "is_rowsfrom"))
    throw QueryError("0A000", "ROWS FROM is not supported", -1);
  const Tree& node = get(get(lists[0], "List"), "items")[0];
  if (type_of(node) != "FuncCall")
    throw QueryError("0A000", "only functions are supported here", location_of(node));
  const Tree& call = body_of(node);
  const int at = location(call);
  const std::string name = strings(get(call, "funcname")).back();
  Analyzer analyzer(run_, sources_);
  analyzer.set_depth(levels_.size() - 1);
  std::vector<Term> arguments;
  for (const Tree& argument : get(call, "args")) arguments.push_back(analyzer.analyze(argument));
  std::vector<const SetFunction*> named;
  std::vector<Routine> routines;
  for (const SetFunction& function : set_functions()) {
    if (function.name != name) continue;
    named.push_back(&function);
    routines.push_back({function.name, function.arguments, function.columns[0].type});
  }
  std::vector<Type> argument_types;
  argument_types.reserve(arguments.size());
  for (const Term& argument : arguments) argument_types.push_back(argument.type());
  const Chosen call_of = analyzer.resolver().find_function(
      routines, name + "(" + list_of_types(arguments) + ")", argument_types, at);
  const SetFunction& chosen = *named[static_cast<size_t>(call_of.routine - routines.data())];
  LateralFunction function;
  function.name = name;
  function.call = chosen.make();
  function.has_ordinality = flag(body, "ordinality");
  function.is_outer = is_outer;
  for (size_t i = 0; i < arguments.size(); ++i) {
    Term argument = analyzer.resolver().coerce(std::move(arguments[i]), call_of.arguments[i],
                                               Coercion::kImplicit, at);
    fold(argument.expression);
    function.arguments.push_back(std::move(argument.expression));
  }
  if (chosen.check != nullptr && folds_) check_constants(chosen, function.arguments, run_, at);
  Source source{alias_of(body, name), {}};
  std::vector<Type> types;
  const auto add_column = [&](std::string_view column, Type type) {
    source.columns.push_back({std::string(column.empty() ? source.alias : column), type, {}});
    types.push_back(type);
  };
  for (const SetFunction::Column& column : chosen.columns)
    add_column(column.name, column.type.is_polymorphic() ? call_of.result : column.type);
  if (function.has_ordinality) add_column("ordinality", Base::kBigint);
  source.alias_is_value = types.size() == 1;
  rename_columns(body, source);
  add_level(std::move(function), std::move(source), types);
}

// The columns of the source are those of the level, in their order.
void Query::add_level(LateralFunction function, Source source, const std::vector<Type>& types) {
  const size_t level = levels_.size();
  functions_.push_back(std::move(function));
  levels_.emplace_back();
  failures_.emplace_back();
  conditions_.emplace_back();
  selected_.emplace_back();
  std::vector<std::string>& names = column_names_.emplace_back();
  for (size_t i = 0; i < types.size(); ++i) {
    names.push_back(source.alias + "." + source.columns[i].name);
    levels_[level].columns.emplace_back(types[i]);
    kept_.push_back(make_column(types[i], level, i));
    Expression& shared = *kept_.back();
    source.columns[i].make = [&shared, level](size_t to) {
      return make_inherited(shared, level, to);
    };
  }
  source.level = level;
  sources_.push_back(std::move(source));
}

void Query::add_subselect(const Tree& body, bool is_outer) {
  const Tree& select = body_of(get(body, "subquery"));
  const Tree& lists = get(select, "valuesLists");
  if (!get(select, "fromClause").empty()) {
    throw QueryError("0A000",
                     "subqueries in FROM are not supported but for LATERAL (SELECT …) without "
                     "FROM and LATERAL (VALUES …)",
                     -1);
  }
  if (!lists.empty()) return add_values(body, lists, is_outer);
  refuse_clauses(select);
  add_select(body, select, is_outer);
}

void Query::add_values(const Tree& body, const Tree& lists, bool is_outer) {
  Analyzer analyzer(run_, flag(body, "lateral") ? sources_ : no_sources());
  analyzer.set_depth(levels_.size() - 1);
  std::vector<std::vector<Term>> columns;
  for (const Tree& list : lists) {
    const Tree& items = get(body_of(list), "items");
    if (columns.empty()) columns.resize(items.size());
    if (columns.size() != items.size()) {
      throw QueryError("42601", "VALUES lists must all be the same length",
                       items.empty() ? -1 : location_of(items[0]));
    }
    for (size_t i = 0; i < items.size(); ++i) columns[i].push_back(analyzer.analyze(items[i]));
  }
  Source source{alias_of(body, ""), {}};
  std::vector<Type> types;
  for (size_t i = 0; i < columns.size(); ++i) {
    std::vector<const Term*> terms;
    for (const Term& term : columns[i]) terms.push_back(&term);
    const Type type = analyzer.resolver().common_type(terms, "VALUES");
    for (Term& term : columns[i])
      term = analyzer.resolver().to_common(std::move(term), type, "VALUES");
    source.columns.push_back({"column" + std::to_string(i + 1), type, {}});
    types.push_back(type);
  }
  rename_columns(body, source);
  if (lists.size() == 1) {
    std::vector<Term> row;
    row.reserve(columns.size());
    for (auto& column : columns) row.push_back(std::move(column[0]));
    return add_names(std::move(source), std::move(row));
  }
  LateralFunction function;
  function.name = "VALUES";
  function.call = make_rows_of_values(lists.size());
  function.is_outer = is_outer;
  function.takes_nulls = true;
  for (size_t row = 0; row < lists.size(); ++row) {
    for (auto& column : columns) {
      ExpressionPointer& value = column[row].expression;
      fold(value);
      function.arguments.push_back(std::move(value));
    }
  }
  add_level(std::move(function), std::move(source), types);
}

void Query::add_select(const Tree& body, const Tree& select, bool is_outer) {
  Analyzer analyzer(run_, flag(body, "lateral") ? sources_ : no_sources());
  analyzer.set_depth(levels_.size() - 1);
  const Tree& where = get(select, "whereClause");
  Source source{alias_of(body, ""), {}};
  std::vector<Term> row;
  for (const Tree& node : get(select, "targetList")) {
    const Tree& target = body_of(node);
    const Tree& value = get(target, "val");
    row.push_back(typed(analyzer, analyzer.analyze(value)));
    const std::string given = text(target, "name");
    source.columns.push_back(
        {given.empty() ? Analyzer::name_of_result(value) : given, row.back().type(), {}});
  }
  rename_columns(body, source);
  // Before its names are known.
  ExpressionPointer is_there;
  if (is_outer && !where.is_null()) {
    is_there = analyzer.resolver().to_boolean(analyzer.analyze(where), "WHERE").expression;
    fold(is_there);
  } else if (!where.is_null()) {
    add_conditions(where, "WHERE");
  }
  add_names(std::move(source), std::move(row));
  if (is_there) make_optional(sources_.back(), std::move(is_there));
}

// One row that LEFT JOIN has in any case: its names are NULL where the condition does not hold. A
// name that is used is computed before, as PostgreSQL does (PlaceHolderVar).
void Query::make_optional(Source& source, ExpressionPointer condition) {
  const size_t level = source.level;
  kept_.push_back(make_kept(std::move(condition), level));
  Expression& holds = *kept_.back();
  for (Source::Name& column : source.columns) {
    try {
      kept_.push_back(make_kept(make_value_where(column, level, holds), level));
    } catch (const QueryError&) {
      continue;  // is told where the name is used
    }
    Expression& shared = *kept_.back();
    column.make = [&shared, level](size_t depth) { return make_inherited(shared, level, depth); };
  }
}

// One row of expressions, which are computed where they are used, as PostgreSQL's planner has them
// (is_simple_subquery, is_simple_values of prepjointree.c).
void Query::add_names(Source source, std::vector<Term> row) {
  const size_t level = levels_.size() - 1;
  source.level = level;
  for (size_t i = 0; i < row.size(); ++i) {
    ExpressionPointer& value = row[i].expression;
    try {
      fold(value);
    } catch (const QueryError& error) {
      // Is told where the name is used.
      source.columns[i].make = [error](size_t) -> ExpressionPointer { throw error; };
      continue;
    }
    std::string name =
        source.alias.empty() ? source.columns[i].name : source.alias + "." + source.columns[i].name;
    kept_.push_back(value->is_constant() ? std::move(value)
                                         : make_kept(std::move(value), level, std::move(name)));
    Expression& shared = *kept_.back();
    source.columns[i].make = [&shared, level](size_t depth) {
      return make_inherited(shared, level, depth);
    };
  }
  sources_.push_back(std::move(source));
}

}  // namespace sql
