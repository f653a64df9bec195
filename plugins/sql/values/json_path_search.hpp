// A jsonpath at work on one value (jsonpath_exec.c).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "values/json_path.hpp"
#include "values/numeric.hpp"

namespace sql {

class PathSearch {
 public:
  using Found = std::vector<const JsonNode*>;

  PathSearch(Run& run, JsonPath path, const JsonNode* root, bool is_silent)
      : run_(run),
        program_(*path.program),
        root_(root),
        current_(root),
        throws_(!is_silent),
        ignores_structure_(path.program->is_lax) {}

  PathResult run(Found* found);

 private:
  using Result = PathResult;
  enum class Truth { kFalse, kTrue, kUnknown };

  // json_path_search.cpp: the items that a step and those behind it find.
  Result item(const PathStep& step, const JsonNode* node, Found* found) {
    return item(step, node, found, program_.is_lax);
  }
  Result item(const PathStep& step, const JsonNode* node, Found* found, bool unwraps);
  Result next(const PathStep& step, const JsonNode* node, Found* found);
  Result each_element(const PathStep& step, const JsonNode* array, Found* found);
  Result member(const PathStep& step, const JsonNode* node, Found* found, bool unwraps);
  Result any_member(const PathStep& step, const JsonNode* node, Found* found, bool unwraps);
  Result any_element(const PathStep& step, const JsonNode* node, Found* found);
  Result elements(const PathStep& step, const JsonNode* node, Found* found);
  Result any_depth(const PathStep& step, const JsonNode* node, Found* found);
  struct Depth {
    uint32_t level, least, most;
    bool ignores_structure;
  };
  // Of all that is in `node`, by `step`; without one, the items themselves.
  Result inside(const PathStep* step, const JsonNode* node, Found* found, Depth depth,
                bool unwraps);
  std::optional<int32_t> index(const PathStep& step, const JsonNode* node);
  Result unwrapped(const PathStep& step, const JsonNode* node, bool unwraps, Found& found);

  // json_path_values.cpp: methods and arithmetic.
  Result method(const PathStep& step, const JsonNode* node, Found* found, bool unwraps);
  std::optional<Numeric> as_double(const JsonNode* node);
  Result binary(const PathStep& step, const JsonNode* node, Found* found);
  Result unary(const PathStep& step, const JsonNode* node, Found* found);
  const JsonNode* made(const Numeric& number);
  const JsonNode* made(JsonKind kind, std::string_view text);

  // json_path_conditions.cpp
  Result condition(const PathStep& step, const JsonNode* node, Found* found);
  Truth truth(const PathStep& step, const JsonNode* node);
  Truth nested_truth(const PathStep& step, const JsonNode* node);
  Truth compared(const PathStep& step, const JsonNode* node);
  Truth exists(const PathStep& step, const JsonNode* node);
  Result quietly(const PathStep& step, const JsonNode* node, bool unwraps, Found* found);

  Result fail(const char* state, const std::string& message) {
    if (throws_) run_.fail(state, message);
    return Result::kFailed;
  }
  // What does not have the structure that a step wants: an error, or nothing found.
  Result mismatch(const char* state, const std::string& message) {
    return ignores_structure_ ? Result::kNotFound : fail(state, message);
  }

  Run& run_;
  const PathProgram& program_;
  const JsonNode* const root_;
  const JsonNode* current_;  // @
  int64_t size_ = -1;        // of the innermost array, for last
  bool throws_, ignores_structure_;
};

}  // namespace sql
