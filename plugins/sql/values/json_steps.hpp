// Steps of a path through a jsonb value: names of members and numbers of elements.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "evaluation/run.hpp"
#include "values/value_text.hpp"

namespace sql {

// A number as C's strtol reads it: with blanks and a sign before it, and nothing behind.
inline std::optional<int32_t> number_of_step(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  const bool has_plus = text.starts_with('+');
  if (has_plus) text.remove_prefix(1);
  if (has_plus && text.starts_with('-')) return std::nullopt;
  int32_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// False: it has failed.
inline bool is_json_path(Run& run, const ArrayBody& steps) {
  if (steps.dimensions <= 1) return true;
  run.fail("2202E", "wrong number of array subscripts");
  return false;
}

}  // namespace sql
