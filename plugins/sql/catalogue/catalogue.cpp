#include "catalogue/catalogue.hpp"

#include <algorithm>
#include <array>

namespace sql {
namespace {

const std::vector<Routine> no_routines;

// Those of which the types don't tell it.
constexpr std::array<std::string_view, 5> kOfSession{"convert_from", "format", "make_timestamptz",
                                                     "jsonb_build_array", "jsonb_build_object"};
constexpr std::array<std::string_view, 3> kOfNoSession{"date_bin", "time_bucket", "timezone"};

// Texts of times, and what takes a moment for what a clock shows, depend on the session's zone and
// style (pg_proc.provolatile).
bool is_of_session(const Routine& routine) {
  const auto is_among = [&](const auto& names) {
    return std::find(names.begin(), names.end(), routine.name) != names.end();
  };
  if (routine.takes_texts) return false;  // the casts to them may be
  if (is_among(kOfSession)) return true;
  if (is_among(kOfNoSession)) return false;
  const auto is_time = [](Type type) {
    return category_of(type) == 'D' || category_of(type) == 'T';
  };
  const auto is_moment = [](Type type) { return type == Type(Base::kTimestamptz); };
  const std::vector<Type>& from = routine.arguments;
  const auto has = [&](auto&& is) { return std::any_of(from.begin(), from.end(), is); };
  if (has([](Type type) { return type == Type(Base::kAny); })) return true;
  if (routine.name == "cast") {
    if (routine.result.is_array || from[0].is_array) return true;
    if (from[0] == Type(Base::kText)) return is_time(routine.result);
    if (routine.result == Type(Base::kText)) return is_time(from[0]);
    return is_moment(routine.result) != is_moment(from[0]);
  }
  if (!has(is_moment)) return false;
  // Two moments are compared and subtracted as they are.
  const bool are_moments = std::all_of(from.begin(), from.end(), is_moment);
  return !are_moments;
}

}  // namespace

Catalogue::Catalogue() {
  add_arithmetic(*this);
  add_comparisons(*this);
  add_number_functions(*this);
  add_texts(*this);
  add_regexps(*this);
  add_regexp_arrays(*this);
  add_bytes(*this);
  add_binary_texts(*this);
  add_formats(*this);
  add_any_arguments(*this);
  add_times(*this);
  add_time_parts(*this);
  add_arrays(*this);
  add_array_texts(*this);
  add_truncated_times(*this);
  add_time_zones(*this);
  add_time_buckets(*this);
  add_json(*this);
  add_own_functions(*this);
  add_json_path(*this);
  add_json_paths(*this);
  add_json_set(*this);
  add_casts(*this);
  add_refused(*this);
  for (ByName* const all : {&operators_, &functions_}) {
    for (auto& [name, routines] : *all) {
      for (Routine& routine : routines) routine.is_stable |= is_of_session(routine);
    }
  }
  for (Routine& cast : casts_) cast.is_stable |= is_of_session(cast);
}

const Catalogue& Catalogue::get() {
  static const Catalogue catalogue;
  return catalogue;
}

const std::vector<Routine>& Catalogue::operators(std::string_view name) const {
  const auto found = operators_.find(name);
  return found == operators_.end() ? no_routines : found->second;
}

const std::vector<Routine>& Catalogue::functions(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? no_routines : found->second;
}

const Routine* Catalogue::cast(Type from, Type to) const {
  // One for all arrays; between arrays the elements are cast.
  for (Type* const type : {&from, &to}) {
    if (type->is_array) type->base = Base::kAnyElement;
  }
  const auto found = std::find_if(casts_.begin(), casts_.end(), [&](const Routine& cast) {
    return cast.arguments[0] == from && cast.result == to;
  });
  return found == casts_.end() ? nullptr : &*found;
}

}  // namespace sql
