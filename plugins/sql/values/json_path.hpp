// jsonpath: a path through a jsonb value, as a tree of steps that its text is read into once.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

enum class PathKind : uint8_t {
  // Where a path begins.
  kRoot,
  kCurrent,
  kLast,
  kLiteral,
  // What follows.
  kMember,
  kAnyMember,
  kElements,
  kAnyElement,
  kAnyDepth,
  kFilter,
  kType,
  kSize,
  kDouble,
  kAbs,
  kFloor,
  kCeiling,
  // Predicates.
  kAnd,
  kOr,
  kNot,
  kIsUnknown,
  kExists,
  kStartsWith,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  // Arithmetic.
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kPlus,
  kMinus,
};

constexpr bool is_predicate(PathKind kind) {
  return kind >= PathKind::kAnd && kind <= PathKind::kGreaterOrEqual;
}

struct PathStep;
struct PathRange {
  const PathStep *from, *to;  // `to` may be null
};

struct PathStep {
  PathKind kind;
  std::string_view name;                             // of a member
  const JsonNode* literal = nullptr;                 // kLiteral
  const PathStep *left = nullptr, *right = nullptr;  // operands; of one alone the left
  const PathStep* next = nullptr;
  std::span<const PathRange> ranges;  // kElements
  // kAnyDepth; kLeaves for both: what contains nothing.
  uint32_t least = 0, most = 0;

  static constexpr uint32_t kLeaves = UINT32_MAX;
};

struct PathProgram {
  bool is_lax;
  const PathStep* begin;
};

// Null: it has failed.
const PathProgram* read_json_path(Run& run, std::string_view text);

enum class PathResult { kFound, kNotFound, kFailed };

// Finds the items of `value` at the path. Without `found` it stops at the first one where it may.
// What fails is an error of the run, or of none if `is_silent`.
PathResult find_items(Run& run, JsonPath path, const JsonNode* value, bool is_silent,
                      std::vector<const JsonNode*>* found);

}  // namespace sql
