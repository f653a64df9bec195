// What EXPLAIN tells: expressions as they are evaluated, in the words of a query.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evaluation/vector.hpp"

namespace sql {

class Expression;

// What expressions name, and what their descriptions leave to be told once.
struct PlanNotes {
  std::vector<std::vector<std::string>> columns;  // their names, by level
  // What has a name and is computed once a row, in the order of its use.
  std::vector<std::pair<std::string, const Expression*>> kept;
  std::vector<std::string> folded;  // constants that were computed when the query was compiled
};

// As a literal.
std::string describe_value(const Vector& value, size_t row);
// `(one + other)`, `(- one)`, `function(one, other)`, `ARRAY[one, other]`, `one[2]`.
std::string describe_call(std::string_view name, const std::vector<std::string>& arguments);
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace sql
