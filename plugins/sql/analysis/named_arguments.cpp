#include "analysis/named_arguments.hpp"

#include <algorithm>

#include "analysis/query_error.hpp"

namespace sql {
namespace {

bool has_name(const Term& argument) { return !argument.name.empty(); }

// Every parameter's argument by number; nothing: the call does not fit.
std::optional<std::vector<std::optional<size_t>>> places_of(const Routine& routine,
                                                            const std::vector<Term>& arguments) {
  std::vector<std::optional<size_t>> places(routine.arguments.size());
  if (arguments.size() > places.size() || routine.names.size() != places.size())
    return std::nullopt;
  for (size_t i = 0; i < arguments.size(); ++i) {
    size_t place = i;
    if (has_name(arguments[i])) {
      const auto found = std::find(routine.names.begin(), routine.names.end(), arguments[i].name);
      if (found == routine.names.end()) return std::nullopt;
      place = static_cast<size_t>(found - routine.names.begin());
    }
    if (places[place]) return std::nullopt;
    places[place] = i;
  }
  const bool is_complete = std::all_of(places.begin(), places.end(),
                                       [](const auto& place) { return place.has_value(); });
  if (!is_complete && !routine.has_defaults) return std::nullopt;
  return places;
}

}  // namespace

bool has_names(const std::vector<Term>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), has_name);
}

bool takes_names(const Routine& routine, const std::vector<Term>& arguments) {
  return places_of(routine, arguments).has_value();
}

bool put_in_order(const Routine& routine, std::vector<Term>& arguments) {
  static constexpr char kZero[16] = {};
  const auto places = places_of(routine, arguments);
  if (!places) return false;
  std::vector<Term> ordered;
  for (size_t i = 0; i < places->size(); ++i) {
    if ((*places)[i]) ordered.push_back(std::move(arguments[*(*places)[i]]));
    else ordered.push_back({make_constant(routine.arguments[i], kZero), -1});
  }
  arguments = std::move(ordered);
  return true;
}

std::string list_of_types(const std::vector<Term>& arguments) {
  std::string text;
  for (const Term& argument : arguments) {
    if (!text.empty()) text += ", ";
    if (has_name(argument)) text += argument.name + " => ";
    text += name_of(argument.type());
  }
  return text;
}

// transformFuncCall and ParseFuncOrColumn.
void check_names(const std::vector<Term>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool was_named = i > 0 && has_name(arguments[i - 1]);
    if (was_named && !has_name(arguments[i])) {
      throw QueryError("42601", "positional argument cannot follow named argument",
                       arguments[i].location);
    }
    for (size_t before = 0; before < i; ++before) {
      if (!has_name(arguments[i]) || arguments[before].name != arguments[i].name) continue;
      throw QueryError("42601", "argument name \"" + arguments[i].name + "\" used more than once",
                       arguments[i].location);
    }
  }
}

}  // namespace sql
