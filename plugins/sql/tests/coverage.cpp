#include "coverage.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

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

Coverage::Coverage(const std::vector<ColumnName>& columns) {
  for (const ColumnName& column : columns) columns_.emplace(column.name, column.type);
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
  for (const Routine& cast : Catalogue::get().casts())
    casts_[cast_name(cast.arguments[0], cast.result)];
  casts_.erase(cast_name(Base::kText, Base::kJsonPath));  // of literals alone
  // Between arrays the elements are cast.
  casts_[cast_name(Type(Base::kInteger).array(), Type(Base::kText).array())];
  casts_[cast_name(Type(Base::kText).array(), Type(Base::kInteger).array())];
}

// One for all arrays.
std::string Coverage::cast_name(Type from, Type to) {
  const auto name = [&](Type type, Type other) {
    const bool is_any = type.base == Base::kAnyElement || (type.is_array && !other.is_array);
    return is_any ? "an array" : name_of(type);
  };
  return "cast of " + name(from, to) + " to " + name(to, from);
}

// Of each column::type and column::type::type.
std::set<std::string> Coverage::casts_in(std::string_view query) const {
  std::set<std::string> casts;
  std::optional<Type> from;  // of the word before
  for (size_t at = 0, end = 0; at < query.size(); at = end) {
    for (end = at; end < query.size() && is_word(query[end]);) ++end;
    const std::string_view word = query.substr(at, end - at);
    const bool is_array = query.substr(end).starts_with("[]");
    if (is_array) end += 2;
    std::optional<Type> type;
    if (const auto column = columns_.find(word); column != columns_.end()) type = column->second;
    if (query.substr(0, at).ends_with("::")) {
      const std::optional<Base> base = find_type(word);
      type = base ? std::optional<Type>({*base, is_array}) : std::nullopt;
      if (from && type) casts.insert(cast_name(*from, *type));
    }
    from = type;
    if (query.substr(end).starts_with("::")) end += 2;
    else if (end == at) ++end;
  }
  return casts;
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
  count(casts_in(query), casts_);
}

std::string Coverage::missing() const {
  constexpr size_t kLeast = 3;
  std::string text;
  for (const auto* entries : {&functions_, &operators_, &casts_}) {
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
