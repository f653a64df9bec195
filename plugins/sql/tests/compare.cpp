// Compares what queries give with what PostgreSQL gives, row by row, each row by itself, so that
// errors are compared, too: SQLSTATE and words.
//
//   sql_compare CONNECTION FOLDER                          the queries of FOLDER/*.sql over
//   FOLDER/rows.txt sql_compare CONNECTION FOLDER QUERY …                  these sql_compare
//   CONNECTION FOLDER --generate COUNT SEED    as many by chance
//
// Ends with 1 if anything differs.
#include <libpq-fe.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "analysis/query_error.hpp"
#include "coverage.hpp"
#include "generator.hpp"
#include "query/query.hpp"
#include "values/value_text.hpp"

namespace {

using namespace sql;
using Cells = std::vector<std::optional<std::string>>;

struct Table {
  std::vector<ColumnName> columns;
  std::vector<Cells> rows;
};

// What a query makes of a row: rows, or an error.
struct Outcome {
  std::vector<Cells> rows;
  std::string state, message;
  bool operator==(const Outcome&) const = default;
};

// What a query gives: columns and of each row its outcome, or an error before it has seen one.
struct Answer {
  std::vector<std::string> columns;  // "name type"
  std::vector<Outcome> outcomes;
  Outcome refusal;
};

std::vector<std::string> split(const std::string& line, char by) {
  std::vector<std::string> parts;
  std::stringstream stream(line);
  for (std::string part; std::getline(stream, part, by);) parts.push_back(part);
  if (!line.empty() && line.back() == by) parts.emplace_back();
  return parts;
}

// COPY's text format, with a line of "name type" before it.
std::string unescaped(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char c = text[++i];
    result += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
  }
  return result;
}

Table read_table(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  Table table;
  std::string line;
  std::getline(file, line);
  for (const std::string& column : split(line, '\t')) {
    const size_t space = column.find(' ');
    std::string type = column.substr(space + 1);
    const bool is_array = type.ends_with("[]");
    if (is_array) type.resize(type.size() - 2);
    table.columns.push_back({column.substr(0, space), Type(*find_type(type), is_array)});
  }
  while (std::getline(file, line)) {
    Cells cells;
    for (const std::string& cell : split(line, '\t')) {
      if (cell == "\\N") cells.emplace_back();
      else cells.emplace_back(unescaped(cell));
    }
    if (cells.size() != table.columns.size())
      throw std::runtime_error("a row of other columns: " + line);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// PostgreSQL.
class Server {
 public:
  explicit Server(const std::string& connection) : connection_(PQconnectdb(connection.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    run("SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, MDY'; SET extra_float_digits = 1; SET jit = "
        "off;"
        "SET client_min_messages = error; SET bytea_output = 'hex'; SET IntervalStyle = "
        "'postgres'");
  }

  void load(const Table& table) {
    std::string columns = "row_number integer", names;
    for (const ColumnName& column : table.columns) {
      columns += ", " + column.name + " " + name_of(column.type);
      names += (names.empty() ? "" : ", ") + column.name;
    }
    run("DROP TABLE IF EXISTS pg_temp.all_rows CASCADE; CREATE TEMP TABLE all_rows (" + columns +
        ")");
    for (size_t row = 0; row < table.rows.size(); ++row) {
      std::string values = std::to_string(row);
      for (const auto& cell : table.rows[row]) values += ", " + (cell ? quoted(*cell) : "NULL");
      run("INSERT INTO all_rows VALUES (" + values + ")");
    }
    // OFFSET keeps conditions of the query from being tried on other rows.
    run("CREATE TEMP VIEW input AS SELECT " + names +
        " FROM all_rows WHERE row_number = current_setting('sql.row')::integer OFFSET 0");
  }

  Answer ask(const std::string& query, size_t rows) {
    Answer answer;
    run("BEGIN; SET LOCAL sql.row = '-1'");
    const Result prepared(PQprepare(connection_.get(), "q", query.c_str(), 0, nullptr));
    if (!note_error(prepared, answer.refusal)) {
      const Result described(PQdescribePrepared(connection_.get(), "q"));
      for (int i = 0; i < PQnfields(described.get()); ++i) {
        answer.columns.push_back(std::string(PQfname(described.get(), i)) + " " +
                                 type_name(PQftype(described.get(), i)));
      }
      for (size_t row = 0; row < rows; ++row) {
        run("SAVEPOINT s; SET LOCAL sql.row = '" + std::to_string(row) + "'");
        answer.outcomes.push_back(outcome(
            Result(PQexecPrepared(connection_.get(), "q", 0, nullptr, nullptr, nullptr, 0))));
        run("ROLLBACK TO s");
      }
    }
    run("ROLLBACK");
    if (answer.refusal.state.empty()) run("DEALLOCATE q");
    return answer;
  }

 private:
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;

  void run(const std::string& sql) {
    const Result result(PQexec(connection_.get(), sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      throw std::runtime_error(std::string(PQerrorMessage(connection_.get())) + "in " + sql);
    }
  }
  std::string quoted(const std::string& text) {
    const std::unique_ptr<char, void (*)(void*)> literal(
        PQescapeLiteral(connection_.get(), text.data(), text.size()), PQfreemem);
    return literal.get();
  }
  // Ours is text, with the same values.
  static std::string without_varchar(std::string text) {
    constexpr std::string_view kVarchar = "character varying";
    for (size_t at; (at = text.find(kVarchar)) != text.npos;)
      text.replace(at, kVarchar.size(), "text");
    return text;
  }
  static bool note_error(const Result& result, Outcome& to) {
    const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    if (state == nullptr) return false;
    to.state = state;
    to.message = without_varchar(PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY));
    return true;
  }
  static Outcome outcome(const Result& result) {
    Outcome outcome;
    if (note_error(result, outcome)) return outcome;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      Cells cells;
      for (int i = 0; i < PQnfields(result.get()); ++i) {
        if (PQgetisnull(result.get(), row, i)) cells.emplace_back();
        else cells.emplace_back(PQgetvalue(result.get(), row, i));
      }
      outcome.rows.push_back(std::move(cells));
    }
    return outcome;
  }
  const std::string& type_name(Oid type) {
    std::string& name = types_[type];
    if (name.empty()) {
      const Result result(PQexec(
          connection_.get(), ("SELECT format_type(" + std::to_string(type) + ", NULL)").c_str()));
      name = PQgetvalue(result.get(), 0, 0);
      name = without_varchar(name);
    }
    return name;
  }

  std::unique_ptr<PGconn, Clear> connection_;
  std::map<Oid, std::string> types_;
};

// A value of the input, by its type's input function.
void put(Run& run, Type type, Vector& vector, size_t row, const std::optional<std::string>& cell) {
  vector.nulls[row] = !cell;
  if (!cell) return;
  VectorMemory texts(Base::kText, 1);
  texts.vector().of<Text>()[0] = run.arena().copy(*cell);
  if (type == Type(Base::kText)) {
    vector.of<Text>()[row] = texts.vector().of<Text>()[0];
    return;
  }
  VectorMemory read(type, 1);
  const std::array<const Vector*, 1> arguments{&texts.vector()};
  Catalogue::get().cast(Base::kText, type)->kernel(run, Rows(1), arguments, read.vector());
  std::memcpy(static_cast<char*>(vector.values) + row * size_of(type), read.vector().values,
              size_of(type));
}

Cells cells_of(const ResultRows& result, size_t row, const std::vector<ColumnName>& columns) {
  Cells cells;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Vector& vector = *result.columns[i];
    if (vector.is_null(row)) {
      cells.emplace_back();
      continue;
    }
    const Type type = columns[i].type;
    std::string text;
    append_text(text, type,
                static_cast<const char*>(vector.values) + vector.at(row) * size_of(type));
    cells.emplace_back(text);
  }
  return cells;
}

Answer evaluate(const std::string& text, const Table& table) {
  Answer answer;
  try {
    std::vector<InputColumn> input;
    for (const ColumnName& column : table.columns) input.push_back({column});
    Query query(text, input);
    for (const ColumnName& column : query.columns())
      answer.columns.push_back(column.name + " " + name_of(column.type));
    JsonReader reader;
    Arena arena;
    Run run(arena, &reader);
    Failures none;
    none.start(table.rows.size());
    run.set_failures(none);
    for (size_t i = 0; i < table.columns.size(); ++i) {
      for (size_t row = 0; row < table.rows.size(); ++row) {
        put(run, table.columns[i].type, query.input()[i].vector(), row, table.rows[row][i]);
      }
    }
    if (none.any()) throw std::runtime_error("rows.txt has a value that can't be read");
    answer.outcomes.resize(table.rows.size());
    query.run(table.rows.size(), [&](const ResultRows& result) {
      result.rows.for_each([&](size_t row) {
        answer.outcomes[result.inputs[row]].rows.push_back(cells_of(result, row, query.columns()));
      });
    });
    for (size_t row = 0; row < table.rows.size(); ++row) {
      if (!query.failures().has(row)) continue;
      const Failure& failure = query.failures().of(row);
      answer.outcomes[row] = {{}, failure.state, failure.message};
    }
  } catch (const QueryError& error) {
    answer = {{}, {}, {{}, error.state, error.what()}};
  }
  return answer;
}

std::string shown(const Outcome& outcome) {
  if (!outcome.state.empty()) return outcome.state + ": " + outcome.message;
  std::string text;
  for (const Cells& cells : outcome.rows) {
    text += "(";
    for (size_t i = 0; i < cells.size(); ++i)
      text += (i > 0 ? ", " : "") + cells[i].value_or("NULL");
    text += ")";
  }
  return text.empty() ? "no rows" : text;
}

std::string shown(const Cells& cells, const Table& table) {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    text += (i > 0 ? ", " : "") + table.columns[i].name + "=" + cells[i].value_or("NULL");
  }
  return text;
}

bool is_wrong_regexp(const Outcome& ours) {
  return ours.state == "2201B" ||
         ours.message.find("regular expression option") != std::string::npos;
}

// What differs by intention, by name; null: nothing that has one.
const char* name_of_difference(const std::string& query, const Outcome& ours) {
  const bool rounds_times =
      query.find("timestamp(") != query.npos || query.find("timestamptz(") != query.npos;
  if (ours.message == "timestamp out of range" && rounds_times)
    return "times rounded beyond the last";
  if (ours.message == "requested length too large") return "texts of more than 16 MB";
  if (ours.message == "interval out of range") return "times that PostgreSQL lets wrap around";
  const bool is_of_regexp = ours.message.find("regular expression") != std::string::npos;
  if (ours.state == "0A000" && is_of_regexp) return "regular expressions that are refused";
  if (ours.message == "convert_from: only UTF8 is supported") return "other encodings";
  return nullptr;
}

// Ours is text, which has them.
bool lacks_operator_for_varchar(const std::string& query, const Outcome& theirs) {
  return theirs.state == "42883" && query.find("varchar(") != query.npos;
}

// PostgreSQL's planner evaluates what is constant in a condition, even what depends on the session,
// before there is a row. Then it fails for all rows alike.
bool fails_at_plan(const Answer& theirs) {
  const auto& outcomes = theirs.outcomes;
  return !outcomes.empty() && !outcomes[0].state.empty() &&
         std::all_of(outcomes.begin(), outcomes.end(),
                     [&](const Outcome& outcome) { return outcome == outcomes[0]; });
}

// Whether FROM has items behind `input`. PostgreSQL does not compute those of their expressions
// that the result turns out not to need, which its planner decides; ours computes what is named.
bool has_items(const std::string& query) {
  return query.find(" JOIN ") != query.npos || query.find(" LATERAL ") != query.npos;
}
// A condition that is false wins over another one that fails.
bool is_kinder(const std::string& query, const Outcome& theirs, const Outcome& ours) {
  const size_t where = query.find(" WHERE ");
  return where != query.npos && query.find(" AND ", where) != query.npos && ours.state.empty() &&
         ours.rows.empty() && !theirs.state.empty();
}

constexpr const char* kNotNeeded = "failures in items of FROM, by what is needed of them";

class Comparison {
 public:
  Comparison(Server& server, const Table& table, bool is_by_chance)
      : server_(server), table_(table), is_by_chance_(is_by_chance), coverage_(table.columns) {
    server.load(table);
  }

  void compare(const std::string& query) {
    ++queries_;
    const Answer theirs = server_.ask(query, table_.rows.size());
    const Answer ours = evaluate(query, table_);
    note_covered(query, theirs);
    // What PostgreSQL refuses when it plans, it says of each row.
    const bool refuses_at_plan = theirs.refusal.state.empty() && !ours.refusal.state.empty();
    if (refuses_at_plan) {
      const auto is_ours = [&](const Outcome& outcome) { return outcome == ours.refusal; };
      const auto& all = theirs.outcomes;
      // A constant regular expression that is wrong: of each row that it is tried on.
      const bool same = is_wrong_regexp(ours.refusal)
                            ? std::any_of(all.begin(), all.end(), is_ours)
                            : std::all_of(all.begin(), all.end(), is_ours);
      if (same && !all.empty()) return;
    }
    if (theirs.refusal.state.empty() && note_named(name_of_difference(query, ours.refusal))) return;
    if (is_by_chance_ && lacks_operator_for_varchar(query, theirs.refusal) &&
        note_named("operators that PostgreSQL's varchar lacks"))
      return;
    if (is_by_chance_ && refuses_at_plan && is_wrong_regexp(ours.refusal) &&
        note_named("constant patterns and options that are wrong"))
      return;
    const bool has_plan = is_by_chance_ && has_items(query);
    if (has_plan && refuses_at_plan && note_named(kNotNeeded)) return;
    if (!(theirs.refusal == ours.refusal))
      return differ(query, "", shown(theirs.refusal), shown(ours.refusal));
    if (theirs.columns != ours.columns)
      return differ(query, "", list(theirs.columns), list(ours.columns));
    const bool has_condition = query.find(" WHERE ") != query.npos;
    for (size_t row = 0; row < theirs.outcomes.size(); ++row) {
      errors_ += !theirs.outcomes[row].state.empty();
      ++rows_;
      if (theirs.outcomes[row] == ours.outcomes[row]) continue;
      if (note_named(name_of_difference(query, ours.outcomes[row]))) continue;
      const bool both_fail =
          !ours.outcomes[row].state.empty() && has_condition && fails_at_plan(theirs);
      if (both_fail && note_named("failures that the planner tells first")) continue;
      if (is_by_chance_ && is_kinder(query, theirs.outcomes[row], ours.outcomes[row]) &&
          note_named("conditions that are false beside one that fails"))
        continue;
      const bool one_fails =
          !ours.outcomes[row].state.empty() || !theirs.outcomes[row].state.empty();
      if (has_plan && one_fails && note_named(kNotNeeded)) continue;
      return differ(query, shown(table_.rows[row], table_), shown(theirs.outcomes[row]),
                    shown(ours.outcomes[row]));
    }
  }
  // What PostgreSQL takes and ours says by name that it does not.
  void compare_refused(const std::string& query) {
    ++queries_;
    const Answer theirs = server_.ask(query, 1);
    const Answer ours = evaluate(query, table_);
    if (theirs.refusal.state.empty() && ours.refusal.state == "0A000") {
      note_named("refused by name");
      return;
    }
    differ(query, "", shown(theirs.refusal), shown(ours.refusal));
  }
  const Coverage& coverage() const { return coverage_; }
  int finish() const {
    std::cout << queries_ << " queries, " << rows_ << " rows (" << errors_
              << " errors): " << differences_ << " differences";
    for (const auto& [name, count] : named_) std::cout << "; " << name << ": " << count;
    std::cout << "\n";
    return differences_ > 0 || queries_ == 0;
  }

 private:
  void note_covered(const std::string& query, const Answer& answer) {
    bool has_null = query.find("NULL") != query.npos, has_error = !answer.refusal.state.empty();
    for (const Outcome& outcome : answer.outcomes) {
      has_error = has_error || !outcome.state.empty();
      for (const Cells& cells : outcome.rows)
        has_null = has_null || std::count(cells.begin(), cells.end(), std::nullopt) > 0;
    }
    coverage_.note(query, has_null, has_error);
  }
  static std::string list(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
  }
  void differ(const std::string& query, const std::string& row, const std::string& theirs,
              const std::string& ours) {
    ++differences_;
    std::cout << query << "\n";
    if (!row.empty()) std::cout << "  row        " << row << "\n";
    std::cout << "  PostgreSQL " << theirs << "\n  ours       " << ours << "\n";
  }

  bool note_named(const char* name) {
    if (name != nullptr) ++named_[name];
    return name != nullptr;
  }

  Server& server_;
  const Table& table_;
  const bool is_by_chance_;
  Coverage coverage_;
  std::map<std::string, size_t> named_;
  size_t queries_ = 0, rows_ = 0, errors_ = 0, differences_ = 0;
};

// One a line; a line that begins with blanks goes on. Without comments.
std::vector<std::string> read_queries(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> queries;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("--")) continue;
    if (line[0] == ' ' && !queries.empty()) queries.back() += "\n" + line;
    else queries.push_back(line);
  }
  return queries;
}

int run(int argc, char** argv) {
  if (argc < 3) throw std::runtime_error("needs a connection and a folder");
  const std::filesystem::path folder = argv[2];
  const Table table = read_table(folder / "rows.txt");
  Server server(argv[1]);
  const bool is_by_chance = argc == 6 && std::string(argv[3]) == "--generate";
  Comparison comparison(server, table, is_by_chance);
  if (is_by_chance) {
    Generator generator(table.columns, std::stoull(argv[5]));
    for (size_t i = std::stoull(argv[4]); i > 0; --i) comparison.compare(generator.query());
    for (const auto& [entry, count] : generator.used())
      std::cout << std::setw(8) << count << "  " << entry << "\n";
    return comparison.finish();
  }
  if (argc > 3) {
    for (int i = 3; i < argc; ++i) comparison.compare(argv[i]);
    return comparison.finish();
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const bool are_refused = file.stem() == "refused";
    for (const std::string& query : read_queries(file)) {
      if (are_refused) comparison.compare_refused(query);
      else comparison.compare(query);
    }
  }
  const std::string missing = comparison.coverage().missing();
  std::cout << missing;
  return comparison.finish() || !missing.empty();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "sql_compare: " << error.what() << "\n";
    return 2;
  }
}
