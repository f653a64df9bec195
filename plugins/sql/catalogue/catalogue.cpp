#include "catalogue/catalogue.hpp"

#include <algorithm>

namespace sql {
namespace {

const std::vector<Routine> kNone;

}  // namespace

Catalogue::Catalogue() {
  add_arithmetic(*this);
  add_comparisons(*this);
  add_number_functions(*this);
  add_texts(*this);
  add_bytes(*this);
  add_any_arguments(*this);
  add_times(*this);
  add_time_parts(*this);
  add_json(*this);
  add_casts(*this);
}

const Catalogue& Catalogue::get() {
  static const Catalogue catalogue;
  return catalogue;
}

const std::vector<Routine>& Catalogue::operators(std::string_view name) const {
  const auto found = operators_.find(name);
  return found == operators_.end() ? kNone : found->second;
}

const std::vector<Routine>& Catalogue::functions(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? kNone : found->second;
}

const Routine* Catalogue::cast(Type from, Type to) const {
  const auto found = std::find_if(casts_.begin(), casts_.end(), [&](const Routine& cast) {
    return cast.arguments[0] == from && cast.result == to;
  });
  return found == casts_.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::function_names() const {
  std::vector<std::string> names;
  for (const auto& [name, routines] : functions_) names.push_back(name);
  return names;
}

}  // namespace sql
