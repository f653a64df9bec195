#include "query/query.hpp"

#include <numeric>

#include "analysis/named_arguments.hpp"
#include "analysis/query_error.hpp"

namespace sql {
namespace {

const std::vector<ColumnName>& message_columns() {
  static const std::vector<ColumnName> columns{
      {"topic", Base::kText}, {"payload", Base::kBytea}, {"received", Base::kTimestamptz}};
  return columns;
}

bool has_messages(const std::vector<InputColumn>& input) {
  const auto& needed = message_columns();
  if (input.size() < needed.size()) return false;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (input[i].name != needed[i].name || input[i].type != needed[i].type) return false;
  }
  return true;
}

// What the clauses are called that a SELECT may have and ours may not, and what to use instead.
struct Refused {
  const char* member;
  const char* message;
};
constexpr Refused kRefusedClauses[]{
    {"withClause", "WITH is not supported; use LATERAL (SELECT …) to name an expression"},
    {"distinctClause", "DISTINCT is not supported"},
    {"groupClause", "GROUP BY is not supported"},
    {"havingClause", "HAVING is not supported"},
    {"windowClause", "window functions are not supported"},
    {"sortClause", "ORDER BY is not supported: rows come in the order of the input"},
    {"limitCount", "LIMIT is not supported"},
    {"limitOffset", "OFFSET is not supported"},
    {"lockingClause", "FOR UPDATE is not supported"},
    {"valuesLists", "VALUES is not supported here"},
    {"intoClause", "SELECT INTO is not supported; the node's sink writes the rows"},
};

}  // namespace

void Query::refuse_clauses(const Tree& select) {
  for (const Refused& clause : kRefusedClauses) {
    if (select.contains(clause.member)) throw QueryError("0A000", clause.message, -1);
  }
  if (text(select, "op") != "SETOP_NONE")
    throw QueryError("0A000", "UNION, INTERSECT and EXCEPT are not supported", -1);
}

namespace {

// Conditions that all must hold.
void split(const Tree& condition, std::vector<const Tree*>& to) {
  if (type_of(condition) == "BoolExpr" && text(body_of(condition), "boolop") == "AND_EXPR") {
    for (const Tree& part : get(body_of(condition), "args")) split(part, to);
  } else if (!condition.is_null()) {
    to.push_back(&condition);
  }
}

}  // namespace

Query::Query(const std::string& text, const std::vector<InputColumn>& input, Faults faults)
    : folds_(faults == Faults::kAll), run_(constants_, &reader_) {
  // As PostgreSQL, which computes constants only when all of a query is understood.
  if (folds_) Query(text, input, Faults::kOfAnalysis);
  run_.set_regexps(regexps_);
  const Statement statement = parse(text);
  const Tree& select = statement.select;
  is_explained_ = statement.is_explained;
  reads_ = reads_of(select);
  refuse_clauses(select);
  const Tree& from = get(select, "fromClause");
  if (from.empty()) throw QueryError("0A000", "FROM input is missing", -1);
  levels_.emplace_back();
  failures_.emplace_back();
  conditions_.emplace_back();
  selected_.emplace_back();
  const Tree* first = &from[0];
  while (type_of(*first) == "JoinExpr") first = &get(body_of(*first), "larg");
  const std::string name = sql::text(body_of(*first), "relname");
  if (type_of(*first) != "RangeVar" || name != "input") {
    throw QueryError("42P01",
                     type_of(*first) == "RangeVar" ? "relation \"" + name + "\" does not exist"
                                                   : "FROM begins with input",
                     location_of(*first), "FROM begins with input, the rows that come in.");
  }
  add_input(input, alias_of(body_of(*first), "input"));
  for (const Tree& item : from) add_from(item, false);
  // Of several errors the first is told that PostgreSQL comes upon (transformSelectStmt).
  add_results(get(select, "targetList"));
  add_conditions(get(select, "whereClause"), "WHERE");
  // In the planner's order, which decides what of several failures is told.
  for (ExpressionPointer& target : targets_) fold(target);
  for (auto& conditions : conditions_) {
    for (ExpressionPointer& condition : conditions) fold(condition);
  }
}

void Query::add_input(const std::vector<InputColumn>& input, const std::string& alias) {
  Source source{alias, {}};
  std::vector<std::string>& names = column_names_.emplace_back();
  const Resolver resolver(run_);
  // Which columns of the input an added one is made of, by number.
  const auto add_column = [&](const ColumnName& column, ExpressionPointer of, size_t reads) {
    kept_.push_back(std::move(of));
    Expression& shared = *kept_.back();
    const auto make = [this, &shared, reads](size_t depth) {
      is_read_[reads] = true;
      return make_inherited(shared, 0, depth);
    };
    source.columns.push_back({column.name, column.type, make, column.may_be_null});
  };
  is_read_.assign(input.size(), false);
  for (size_t i = 0; i < input.size(); ++i) {
    const Type arrives_as = input[i].is_text_to_read ? Type(Base::kText) : input[i].type;
    levels_[0].columns.emplace_back(arrives_as);
    names.push_back(input[i].name);
    Term value{make_column(arrives_as, 0, i), -1};
    if (input[i].is_text_to_read) {
      value = resolver.coerce(std::move(value), input[i].type, Coercion::kExplicit, -1);
      value.expression = make_kept(std::move(value.expression), 0);
    }
    add_column(input[i], std::move(value.expression), i);
    if (input[i].type == Type(Base::kJsonb))
      documents_.push_back({kept_.back().get(), i, {input[i].name}});
  }
  if (has_messages(input)) {
    constexpr size_t kPayload = 1;
    std::vector<Term> arguments;
    arguments.push_back({make_column(Base::kBytea, 0, kPayload), -1});
    arguments.push_back({make_text_constant(Base::kUnknown, "UTF8"), -1});
    Term as_text = resolver.call("convert_from", std::move(arguments), -1);
    add_column({"text", Base::kText}, make_kept(std::move(as_text.expression), 0, "text"),
               kPayload);
    Term of_text{make_inherited(*kept_.back(), 0, 0), -1};
    Term as_json = resolver.coerce(std::move(of_text), Base::kJsonb, Coercion::kExplicit, -1);
    add_column({"body", Base::kJsonb}, make_kept(std::move(as_json.expression), 0, "body"),
               kPayload);
    documents_.push_back({kept_.back().get(), kPayload, {"body", "text", "payload"}});
  }
  sources_.push_back(std::move(source));
}

void Query::add_conditions(const Tree& where, const char* context) {
  std::vector<const Tree*> parts;
  split(where, parts);
  for (const Tree* part : parts) {
    Analyzer analyzer(run_, sources_);
    analyzer.set_depth(levels_.size() - 1);
    Term condition = analyzer.resolver().to_boolean(analyzer.analyze(*part), context);
    // As soon as what it names is there.
    const size_t depth = analyzer.deepest();
    analyzer.set_depth(depth);
    condition = analyzer.resolver().to_boolean(analyzer.analyze(*part), context);
    conditions_[depth].push_back(std::move(condition.expression));
  }
}

void Query::add_results(const Tree& targets) {
  Analyzer analyzer(run_, sources_);
  const size_t depth = levels_.size() - 1;
  for (const Tree& node : targets) {
    const Tree& target = body_of(node);
    const Tree& value = get(target, "val");
    const Tree& fields = get(body_of(value), "fields");
    if (type_of(value) == "ColumnRef" && !fields.empty() && type_of(fields.back()) == "A_Star") {
      const std::vector<std::string> table = strings(fields);
      bool is_found = false;
      for (const Source& source : sources_) {
        if (!table.empty() && source.alias != table[0]) continue;
        is_found = true;
        for (const Source::Name& column : source.columns) {
          result_.push_back({column.name, column.type, column.may_be_null});
          targets_.push_back(column.make(depth));
        }
      }
      if (!is_found)
        throw QueryError("42P01", "missing FROM-clause entry for table \"" + table[0] + "\"",
                         location_of(value));
      continue;
    }
    analyzer.set_depth(depth);
    Term term = analyzer.analyze(value);
    if (term.type() == Type(Base::kUnknown)) {
      term = analyzer.resolver().coerce(std::move(term), Base::kText, Coercion::kImplicit, -1);
    }
    Resolver::refuse_path(term.type(), term.location);
    const std::string name = text(target, "name");
    result_.push_back({name.empty() ? Analyzer::name_of_result(value) : name, term.type(),
                       analyzer.may_be_null(value)});
    targets_.push_back(std::move(term.expression));
  }
}

Frame Query::frame(size_t depth) {
  run_.set_failures(failures_[depth]);
  return {run_, levels_, depth};
}

void Query::run(size_t rows, const Give& give) {
  given_.resize(rows);
  std::iota(given_.begin(), given_.end(), 0);
  run(given_, give);
}

void Query::run(std::span<const uint32_t> rows, const Give& give) {
  const size_t end = rows.empty() ? 0 : rows.back() + size_t{1};
  given_.assign(rows.begin(), rows.end());
  run_.set_arena(arena_);
  run_.take_failed();  // of a run that was given up
  levels_[0].rows = end;
  levels_[0].ancestors.resize(1);
  levels_[0].ancestors[0].resize(end);
  std::iota(levels_[0].ancestors[0].begin(), levels_[0].ancestors[0].end(), 0);
  made_.assign(end, 0);
  failed_.start(end);
  parts_.clear();
  parts_of_.clear();
  run_level(0, give);
}

// The rows of the level are there: filters them and goes on with what is left.
void Query::run_level(size_t depth, const Give& give) {
  levels_[depth].piece = ++piece_;
  failures_[depth].start(levels_[depth].rows);
  const Rows left = filter(depth);
  if (depth + 1 < levels_.size()) expand(depth + 1, left, give);
  else give_results(left, give);
  note_failures(depth);
}

// A condition that is false or NULL wins over another's failure.
Rows Query::filter(size_t depth) {
  Level& level = levels_[depth];
  const bool has_all = depth > 0 || given_.size() == level.rows;
  if (conditions_[depth].empty()) return has_all ? Rows(level.rows) : Rows(given_);
  std::vector<uint32_t>& selected = selected_[depth];
  if (depth == 0) {
    selected = given_;
  } else {
    selected.resize(level.rows);
    std::iota(selected.begin(), selected.end(), 0);
  }
  Frame rows_of = frame(depth);
  for (const auto& condition : conditions_[depth]) {
    of_condition_.start(level.rows);
    run_.set_failures(of_condition_);
    const Vector& holds = condition->evaluate(rows_of, Rows(selected));
    std::erase_if(selected, [&](uint32_t row) {
      if (of_condition_.has(row)) {
        const Failure& failure = of_condition_.of(row);
        failures_[depth].add(row, failure.state, failure.message);
        return false;
      }
      return holds.is_null(row) || !holds.of<bool>()[holds.at(row)];
    });
  }
  // What has failed and was not left out by another condition has failed for good.
  if (failures_[depth].any()) {
    Failures kept;
    kept.start(level.rows);
    for (const uint32_t row : selected) {
      if (!failures_[depth].has(row)) continue;
      const Failure& failure = failures_[depth].of(row);
      kept.add(row, failure.state, failure.message);
    }
    failures_[depth] = std::move(kept);
    std::erase_if(selected, [&](uint32_t row) { return failures_[depth].has(row); });
  }
  return Rows(selected);
}

namespace {

Origin origin_of(const SetCall& call, Arguments arguments, size_t row, int64_t number) {
  Origin origin;
  origin.number = static_cast<uint32_t>(number);
  if (arguments.empty() || arguments[0]->type != Type(Base::kJsonb)) return origin;
  origin.argument = arguments[0]->of<Json>()[arguments[0]->at(row)].node;
  origin.element = call.element();
  return origin;
}

}  // namespace

void Query::expand(size_t depth, const Rows& rows, const Give& give) {
  LateralFunction& function = functions_[depth - 1];
  const Level& above = levels_[depth - 1];
  Level& level = levels_[depth];
  Frame of_above = frame(depth - 1);
  std::vector<const Vector*> arguments;
  for (const auto& argument : function.arguments)
    arguments.push_back(&argument->evaluate(of_above, rows));
  std::vector<Vector*> columns;
  for (VectorMemory& column : level.columns) columns.push_back(&column.vector());
  level.ancestors.resize(depth + 1);
  for (auto& ancestors : level.ancestors) ancestors.resize(kPieceRows);
  if (keeps_parts_) level.origins.resize(kPieceRows);
  if (function.condition) function.has_match.assign(above.rows, 0);
  size_t at = 0;
  const auto flush = [&] {
    if (at == 0) return;
    level.rows = at;
    if (function.condition) keep_joined(depth);
    run_level(depth, give);
    at = 0;
  };
  const auto begin_row = [&](size_t row) {
    for (size_t i = 0; i < depth; ++i)
      level.ancestors[i][at] =
          i + 1 == depth ? static_cast<uint32_t>(row) : above.ancestors[i][row];
    level.ancestors[depth][at] = static_cast<uint32_t>(at);
  };
  const auto end_row = [&] {
    if (++at == kPieceRows) flush();
  };
  rows.for_each([&](size_t row) {
    const size_t input = above.ancestors[0][row];
    if (failures_[depth - 1].has(row) || has_too_many(input)) return;
    bool has_null = false;
    for (const Vector* argument : arguments) has_null = has_null || argument->is_null(row);
    has_null = has_null && !function.takes_nulls;
    int64_t ordinal = 0;
    std::vector<uint32_t> key;
    if (!left_out_.empty()) key = key_of(depth - 1, row);
    if (!has_null) {
      run_.set_failures(failures_[depth - 1]);
      run_.set_row(row);
      function.call->start(run_, arguments, row);
      const std::span<Vector* const> values(columns.data(),
                                            columns.size() - function.has_ordinality);
      while (!run_.take_failed() && function.call->next(run_, values, at)) {
        if (++made_[input] > most_rows_) {
          run_.fail("54000", "more rows than max_rows_per_input = " + std::to_string(most_rows_));
          continue;
        }
        ++ordinal;
        if (!left_out_.empty() && is_left_out(key, ordinal)) continue;
        begin_row(row);
        if (function.has_ordinality) {
          columns.back()->of<int64_t>()[at] = ordinal;
          columns.back()->nulls[at] = 0;
        }
        if (keeps_parts_) level.origins[at] = origin_of(*function.call, arguments, row, ordinal);
        end_row();
        run_.set_failures(failures_[depth - 1]);
        run_.set_row(row);
      }
      run_.take_failed();  // what has failed in the last call is not the next row's
    }
    const bool has_rows = ordinal > 0 && !function.condition;
    if (has_rows || !function.is_outer || failures_[depth - 1].has(row)) return;
    if (function.condition) function.spares.push_back(static_cast<uint32_t>(at));
    begin_row(row);
    for (Vector* column : columns) column->nulls[at] = 1;
    end_row();
  });
  flush();
}

void Query::give_results(const Rows& rows, const Give& give) {
  if (rows.count() == 0) return;
  const size_t depth = levels_.size() - 1;
  Frame of_rows = frame(depth);
  vectors_.clear();
  for (const auto& target : targets_) vectors_.push_back(&target->evaluate(of_rows, rows));
  const Failures& failures = failures_[depth];
  if (!failures.any()) return give({vectors_, rows, levels_[depth].ancestors[0]});
  good_.clear();
  rows.for_each([&](size_t row) {
    if (!failures.has(row)) good_.push_back(static_cast<uint32_t>(row));
  });
  if (!good_.empty()) give({vectors_, Rows(good_), levels_[depth].ancestors[0]});
}

// A row that fails makes the input fail of which it was made.
void Query::note_failures(size_t depth) {
  const Failures& failures = failures_[depth];
  if (!failures.any()) return;
  for (size_t row = 0; row < levels_[depth].rows; ++row) {
    if (!failures.has(row)) continue;
    const Failure& failure = failures.of(row);
    if (keeps_parts_ && add_failed_part(depth, row, failure)) continue;
    failed_.add(levels_[depth].ancestors[0][row], failure.state, failure.message);
  }
}

}  // namespace sql
