#include "coverage.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "catalogue/catalogue.hpp"
#include "evaluation/set_function.hpp"

namespace sql {
namespace {

constexpr std::string_view kOperatorCharacters = "+-*/<>=~!@#%^&|`?";

// How the grammar writes some of them.
constexpr std::pair<std::string_view, std::string_view> kWritten[]{
    {"LIKE", "~~"},
    {"ILIKE", "~~*"},
    {"BETWEEN", ">="},
    {"AT TIME ZONE", "timezone"},
    {"SIMILAR TO", "similar_to_escape"},
    {"EXTRACT", "extract"},
    {"POSITION", "position"},
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::set<std::string> words_of(std::string_view query, std::set<std::string>& operators) {
  std::set<std::string> words;
  for (size_t at = 0; at < query.size();) {
    size_t end = at;
    if (is_word(query[at])) {
      while (end < query.size() && is_word(query[end])) ++end;
      std::string word(query.substr(at, end - at));
      std::transform(word.begin(), word.end(), word.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      words.insert(std::move(word));
    } else if (kOperatorCharacters.find(query[at]) != kOperatorCharacters.npos) {
      end = std::min(query.find_first_not_of(kOperatorCharacters, at), query.size());
      operators.insert(std::string(query.substr(at, end - at)));
    } else {
      ++end;
    }
    at = end;
  }
  for (const auto& [written, name] : kWritten) {
    if (query.find(written) == query.npos) continue;
    const bool is_operator = kOperatorCharacters.find(name[0]) != kOperatorCharacters.npos;
    (is_operator ? operators : words).insert(std::string(name));
    if (is_operator && query.find("NOT " + std::string(written)) != query.npos)
      operators.insert("!" + std::string(name));
  }
  return words;
}

}  // namespace

Coverage::Coverage() {
  const auto is_taken = [](const Routine& routine) { return routine.instead.empty(); };
  const auto add = [&](const Catalogue::ByName& from, auto& to) {
    for (const auto& [name, routines] : from) {
      if (std::any_of(routines.begin(), routines.end(), is_taken)) to[name];
    }
  };
  add(Catalogue::get().functions(), functions_);
  add(Catalogue::get().operators(), operators_);
  for (const SetFunction& function : set_functions()) functions_[std::string(function.name)];
  functions_.erase(std::string("unit_convert"));  // no server has it
}

void Coverage::note(std::string_view query, bool has_null, bool has_error) {
  std::set<std::string> operators;
  const std::set<std::string> words = words_of(query, operators);
  const auto count = [&](const std::set<std::string>& used, auto& to) {
    for (const std::string& name : used) {
      const auto found = to.find(name);
      if (found == to.end()) continue;
      ++found->second.queries;
      found->second.with_null = found->second.with_null || has_null;
      found->second.with_error = found->second.with_error || has_error;
    }
  };
  count(words, functions_);
  count(operators, operators_);
}

std::string Coverage::missing() const {
  constexpr size_t kLeast = 3;
  std::string text;
  for (const auto* entries : {&functions_, &operators_}) {
    for (const auto& [name, uses] : *entries) {
      if (uses.queries >= kLeast && uses.with_null && uses.with_error) continue;
      text += name + ": " + std::to_string(uses.queries) + " queries" +
              (uses.with_null ? "" : ", none with a NULL") +
              (uses.with_error ? "" : ", none with an error") + "\n";
    }
  }
  return text;
}

}  // namespace sql
