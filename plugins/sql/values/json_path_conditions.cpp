// Predicates of jsonpath, which are true, false or unknown. Errors in their operands are unknown.
#include "values/json_order.hpp"
#include "values/json_path_search.hpp"

namespace sql {
namespace {

bool holds(PathKind kind, std::strong_ordering order) {
  switch (kind) {
    case PathKind::kEqual: return std::is_eq(order);
    case PathKind::kNotEqual: return std::is_neq(order);
    case PathKind::kLess: return std::is_lt(order);
    case PathKind::kLessOrEqual: return std::is_lteq(order);
    case PathKind::kGreater: return std::is_gt(order);
    default: return std::is_gteq(order);
  }
}

bool is_boolean(JsonKind kind) { return kind == JsonKind::kTrue || kind == JsonKind::kFalse; }

}  // namespace

// As a value: true, false, or null for what is unknown.
PathResult PathSearch::condition(const PathStep& step, const JsonNode* node, Found* found) {
  const Truth result = truth(step, node);
  if (!step.next && !found) return Result::kFound;
  const JsonKind kind = result == Truth::kUnknown ? JsonKind::kNull
                        : result == Truth::kTrue  ? JsonKind::kTrue
                                                  : JsonKind::kFalse;
  return next(step, made(kind, {}), found);
}

PathSearch::Truth PathSearch::nested_truth(const PathStep& step, const JsonNode* node) {
  const JsonNode* const outer = current_;
  current_ = node;
  const Truth result = truth(step, node);
  current_ = outer;
  return result;
}

PathSearch::Truth PathSearch::truth(const PathStep& step, const JsonNode* node) {
  switch (step.kind) {
    case PathKind::kAnd:
    case PathKind::kOr: {
      const Truth decisive = step.kind == PathKind::kAnd ? Truth::kFalse : Truth::kTrue;
      const Truth neutral = step.kind == PathKind::kAnd ? Truth::kTrue : Truth::kFalse;
      const Truth left = truth(*step.left, node);
      if (left == decisive) return left;
      const Truth right = truth(*step.right, node);
      return right == neutral ? left : right;
    }
    case PathKind::kNot: {
      const Truth of = truth(*step.left, node);
      if (of == Truth::kUnknown) return of;
      return of == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    }
    case PathKind::kIsUnknown:
      return truth(*step.left, node) == Truth::kUnknown ? Truth::kTrue : Truth::kFalse;
    case PathKind::kExists: return exists(step, node);
    default: return compared(step, node);
  }
}

PathResult PathSearch::quietly(const PathStep& step, const JsonNode* node, bool unwraps,
                               Found* found) {
  const bool throws = throws_;
  throws_ = false;
  const Result result = found ? unwrapped(step, node, unwraps, *found) : item(step, node, nullptr);
  throws_ = throws;
  return result;
}

PathSearch::Truth PathSearch::exists(const PathStep& step, const JsonNode* node) {
  Found all;
  const Result result = quietly(*step.left, node, false, program_.is_lax ? nullptr : &all);
  if (result == Result::kFailed) return Truth::kUnknown;
  const bool is_found = program_.is_lax ? result == Result::kFound : !all.empty();
  return is_found ? Truth::kTrue : Truth::kFalse;
}

// executePredicate: of all pairs in strict mode; lax, the first that holds decides.
PathSearch::Truth PathSearch::compared(const PathStep& step, const JsonNode* node) {
  const bool is_start = step.kind == PathKind::kStartsWith;
  Found left, right;
  if (quietly(*step.left, node, true, &left) == Result::kFailed ||
      quietly(*step.right, node, !is_start, &right) == Result::kFailed) {
    return Truth::kUnknown;
  }
  const auto compare_pair = [&](const JsonNode* a, const JsonNode* b) {
    const auto truth_of = [](bool value) { return value ? Truth::kTrue : Truth::kFalse; };
    if (is_start) {
      if (a->kind != JsonKind::kString || b->kind != JsonKind::kString) return Truth::kUnknown;
      return truth_of(a->view().starts_with(b->view()));
    }
    if (a->kind != b->kind && !(is_boolean(a->kind) && is_boolean(b->kind))) {
      const bool has_null = a->kind == JsonKind::kNull || b->kind == JsonKind::kNull;
      return has_null ? truth_of(step.kind == PathKind::kNotEqual) : Truth::kUnknown;
    }
    if (!is_scalar(a)) return Truth::kUnknown;
    return truth_of(holds(step.kind, compare(Json{a}, Json{b})));
  };
  bool is_found = false, is_unknown = false;
  for (const JsonNode* a : left) {
    for (const JsonNode* b : right) {
      const Truth result = compare_pair(a, b);
      if (result == Truth::kUnknown) {
        if (!program_.is_lax) return result;
        is_unknown = true;
      } else if (result == Truth::kTrue) {
        if (program_.is_lax) return result;
        is_found = true;
      }
    }
  }
  if (is_found) return Truth::kTrue;
  return is_unknown ? Truth::kUnknown : Truth::kFalse;
}

}  // namespace sql
