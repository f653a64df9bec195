// Prints docs/sql-functions.md: all that a query may call, by the catalogue that queries
// are analysed with.
#include <algorithm>
#include <iostream>
#include <string>

#include "catalogue/catalogue.hpp"
#include "evaluation/set_function.hpp"

namespace {

using namespace sql;

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

// A bar would end the cell.
std::string cell(std::string_view text) {
  std::string shown;
  for (const char c : text) shown += c == '|' ? std::string("\\|") : std::string(1, c);
  return shown;
}

std::string list(const std::vector<Type>& types, bool is_variadic) {
  std::string text;
  for (const Type type : types) text += (text.empty() ? "" : ", ") + name_of(type);
  return text + (is_variadic ? " …" : "");
}

// Of all of one name the arguments by their results, in the catalogue's order.
std::string signatures(const std::vector<Routine>& routines) {
  std::vector<std::pair<std::string, std::string>> by_result;
  for (const Routine& routine : routines) {
    if (!routine.instead.empty()) continue;
    const std::string result = name_of(routine.result);
    auto at = std::find_if(by_result.begin(), by_result.end(),
                           [&](const auto& each) { return each.first == result; });
    if (at == by_result.end()) at = by_result.insert(at, {result, ""});
    at->second +=
        (at->second.empty() ? "(" : ", (") + list(routine.arguments, routine.is_variadic) + ")";
  }
  std::string text;
  for (const auto& [result, arguments] : by_result)
    text += (text.empty() ? "" : "<br>") + arguments + " → " + result;
  return text;
}

void print_routines(const Catalogue::ByName& all) {
  for (const auto& [name, routines] : all) {
    const std::string text = signatures(routines);
    if (!text.empty()) std::cout << "| " << cell(code(name)) << " | " << cell(text) << " |\n";
  }
}

void print_set_functions() {
  for (const SetFunction& function : set_functions()) {
    std::string columns;
    for (const SetFunction::Column& column : function.columns) {
      columns += (columns.empty() ? "" : ", ") +
                 (column.name.empty() ? "" : std::string(column.name) + " ") + name_of(column.type);
    }
    std::cout << "| " << code(function.name) << " | (" << list(function.arguments, false) << ") | "
              << columns << " |\n";
  }
}

// From boolean on, and none of those that stand for several.
std::vector<Type> all_types() {
  std::vector<Type> types;
  for (auto base = Base::kBoolean; base < Base::kAny;
       base = static_cast<Base>(static_cast<int>(base) + 1))
    types.emplace_back(base);
  return types;
}

void print_casts() {
  for (const Type type : all_types()) {
    std::string by_need, as_written;
    for (const Type to : all_types()) {
      if (type == to) continue;
      const Cast cast = cast_between(type, to);
      if (cast == Cast::kNone) continue;
      std::string& text = cast == Cast::kImplicit ? by_need : as_written;
      text += (text.empty() ? "" : ", ") + name_of(to);
    }
    std::cout << "| " << name_of(type) << " | " << by_need << " | " << as_written << " |\n";
  }
}

void print_refused(const Catalogue::ByName& all) {
  for (const auto& [name, routines] : all) {
    std::vector<std::pair<std::string, std::string>> by_advice;
    for (const Routine& routine : routines) {
      if (routine.instead.empty()) continue;
      const std::string instead(routine.instead);
      auto at = std::find_if(by_advice.begin(), by_advice.end(),
                             [&](const auto& each) { return each.first == instead; });
      if (at == by_advice.end()) at = by_advice.insert(at, {instead, ""});
      at->second += (at->second.empty() ? "(" : ", (") + list(routine.arguments, false) + ")";
    }
    for (const auto& [instead, arguments] : by_advice)
      std::cout << "| " << cell(code(name)) << " | " << arguments << " | " << instead << " |\n";
  }
}

}  // namespace

int main() {
  const Catalogue& catalogue = Catalogue::get();
  std::cout
      << "# What queries may call\n\n"
         "<!-- Made by sql_reference, of the catalogue that queries are analysed with; not to "
         "be edited. -->\n\n"
         "What each does is in PostgreSQL's manual, chapter \"Functions and Operators\"; what "
         "is ours is in [queries](sql.md). Which of several is meant, and what is cast, is "
         "decided by PostgreSQL's rules (chapter \"Type Conversion\").\n\n"
         "## Operators\n\n| operator | operands → result |\n| --- | --- |\n";
  print_routines(catalogue.operators());
  std::cout << "\n## Functions\n\n| function | arguments → result |\n| --- | --- |\n";
  print_routines(catalogue.functions());
  std::cout << "\n## In FROM\n\n| function | arguments | columns |\n| --- | --- | --- |\n";
  print_set_functions();
  std::cout << "\n## Casts\n\nOf arrays, as their elements.\n\n"
               "| from | where it is needed | where it is written |\n| --- | --- | --- |\n";
  print_casts();
  std::cout << "\n## Refused\n\n| | arguments | what to do |\n| --- | --- | --- |\n";
  print_refused(catalogue.operators());
  print_refused(catalogue.functions());
}
