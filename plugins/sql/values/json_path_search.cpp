#include "values/json_path_search.hpp"

#include "values/json_build.hpp"
#include "values/json_order.hpp"
#include "values/numeric_math.hpp"

namespace sql {

PathResult find_items(Run& run, JsonPath path, const JsonNode* value, bool is_silent,
                      std::vector<const JsonNode*>* found) {
  return PathSearch(run, path, value, is_silent).run(found);
}

PathResult PathSearch::run(Found* found) {
  // In strict mode all is looked at, since it may hold an error.
  if (program_.is_lax || found) return item(*program_.begin, root_, found);
  Found all;
  const Result result = item(*program_.begin, root_, &all);
  if (result == Result::kFailed) return result;
  return all.empty() ? Result::kNotFound : Result::kFound;
}

PathResult PathSearch::next(const PathStep& step, const JsonNode* node, Found* found) {
  if (step.next) return item(*step.next, node, found);
  if (found) found->push_back(node);
  return Result::kFound;
}

PathResult PathSearch::item(const PathStep& step, const JsonNode* node, Found* found,
                            bool unwraps) {
  switch (step.kind) {
    case PathKind::kRoot: return next(step, root_, found);
    case PathKind::kCurrent: return next(step, current_, found);
    case PathKind::kLiteral: return next(step, step.literal, found);
    case PathKind::kLast: return next(step, made(Numeric::of(size_ - 1)), found);
    case PathKind::kMember: return member(step, node, found, unwraps);
    case PathKind::kAnyMember: return any_member(step, node, found, unwraps);
    case PathKind::kAnyElement: return any_element(step, node, found);
    case PathKind::kElements: return elements(step, node, found);
    case PathKind::kAnyDepth: return any_depth(step, node, found);
    case PathKind::kFilter:
      if (unwraps && node->kind == JsonKind::kArray) return each_element(step, node, found);
      if (nested_truth(*step.left, node) != Truth::kTrue) return Result::kNotFound;
      return next(step, node, found);
    case PathKind::kType:
    case PathKind::kSize:
    case PathKind::kDouble:
    case PathKind::kAbs:
    case PathKind::kFloor:
    case PathKind::kCeiling: return method(step, node, found, unwraps);
    case PathKind::kAdd:
    case PathKind::kSubtract:
    case PathKind::kMultiply:
    case PathKind::kDivide:
    case PathKind::kRemainder: return binary(step, node, found);
    case PathKind::kPlus:
    case PathKind::kMinus: return unary(step, node, found);
    default: return condition(step, node, found);
  }
}

// The step again, for what is in the array instead of it.
PathResult PathSearch::each_element(const PathStep& step, const JsonNode* array, Found* found) {
  return inside(&step, array, found, {1, 1, 1, false}, false);
}

PathResult PathSearch::member(const PathStep& step, const JsonNode* node, Found* found,
                              bool unwraps) {
  if (unwraps && node->kind == JsonKind::kArray) return each_element(step, node, found);
  if (node->kind != JsonKind::kObject) {
    return mismatch("2203A", "jsonpath member accessor can only be applied to an object");
  }
  if (const JsonNode* value = member_of(node, step.name)) return next(step, value, found);
  return mismatch("2203A", "JSON object does not contain key \"" + std::string(step.name) + "\"");
}

PathResult PathSearch::any_member(const PathStep& step, const JsonNode* node, Found* found,
                                  bool unwraps) {
  if (node->kind == JsonKind::kObject)
    return inside(step.next, node, found, {1, 1, 1, false}, program_.is_lax);
  if (unwraps && node->kind == JsonKind::kArray) return each_element(step, node, found);
  return mismatch("2203C", "jsonpath wildcard member accessor can only be applied to an object");
}

PathResult PathSearch::any_element(const PathStep& step, const JsonNode* node, Found* found) {
  if (node->kind == JsonKind::kArray)
    return inside(step.next, node, found, {1, 1, 1, false}, program_.is_lax);
  if (program_.is_lax) return next(step, node, found);
  return mismatch("22039", "jsonpath wildcard array accessor can only be applied to an array");
}

PathResult PathSearch::any_depth(const PathStep& step, const JsonNode* node, Found* found) {
  Result result = Result::kNotFound;
  if (step.least == 0) {
    const bool ignored = ignores_structure_;
    ignores_structure_ = true;
    result = next(step, node, found);
    ignores_structure_ = ignored;
    if (result == Result::kFound && !found) return result;
  }
  if (is_scalar(node)) return result;
  return inside(step.next, node, found, {1, step.least, step.most, true}, program_.is_lax);
}

PathResult PathSearch::inside(const PathStep* step, const JsonNode* node, Found* found, Depth depth,
                              bool unwraps) {
  Result result = Result::kNotFound;
  if (depth.level > depth.most) return result;
  const bool takes_leaves = depth.least == PathStep::kLeaves && depth.most == PathStep::kLeaves;
  // Whether to go on.
  const auto take = [&](const JsonNode* each) {
    if (depth.level >= depth.least || (takes_leaves && is_scalar(each))) {
      if (step) {
        const bool ignored = ignores_structure_;
        ignores_structure_ = ignored || depth.ignores_structure;
        result = item(*step, each, found, unwraps);
        ignores_structure_ = ignored;
        if (result == Result::kFailed || (result == Result::kFound && !found)) return false;
      } else if (found) {
        found->push_back(each);
      } else {
        result = Result::kFound;
        return false;
      }
    }
    if (depth.level >= depth.most || is_scalar(each)) return true;
    Depth deeper = depth;
    ++deeper.level;
    result = inside(step, each, found, deeper, unwraps);
    return result != Result::kFailed && (result != Result::kFound || found);
  };
  if (node->kind == JsonKind::kObject) {
    for (const JsonNode* name : sorted_members(node)) {
      if (!take(name + 1)) break;
    }
  } else {
    const JsonNode* each = node + 1;
    for (uint32_t i = 0; i < node->size; ++i, each = after(each)) {
      if (!take(each)) break;
    }
  }
  return result;
}

// A subscript. Nothing: it has failed.
std::optional<int32_t> PathSearch::index(const PathStep& step, const JsonNode* node) {
  Found found;
  if (item(step, node, &found) == Result::kFailed) return std::nullopt;
  if (found.size() != 1 || found[0]->kind != JsonKind::kNumber) {
    fail("22033", "jsonpath array subscript is not a single numeric value");
    return std::nullopt;
  }
  const Numeric number =
      round(run_, *parse_numeric(run_, found[0]->view()), 0, Rounding::kTowardsZero);
  const auto whole = to_int64(number);
  if (whole && *whole >= INT32_MIN && *whole <= INT32_MAX) return static_cast<int32_t>(*whole);
  fail("22033", "jsonpath array subscript is out of integer range");
  return std::nullopt;
}

PathResult PathSearch::elements(const PathStep& step, const JsonNode* node, Found* found) {
  const bool is_array = node->kind == JsonKind::kArray;
  if (!is_array && !program_.is_lax)
    return mismatch("22039", "jsonpath array accessor can only be applied to an array");
  const int64_t size = is_array ? node->size : 1;
  const int64_t outer = size_;
  size_ = size;
  Result result = Result::kNotFound;
  for (const PathRange& range : step.ranges) {
    const auto from = index(*range.from, node);
    const auto to = from && range.to ? index(*range.to, node) : from;
    if (!from || !to) {
      result = Result::kFailed;
      break;
    }
    if (!ignores_structure_ && (*from < 0 || *from > *to || *to >= size)) {
      result = fail("22033", "jsonpath array subscript is out of bounds");
      break;
    }
    result = Result::kNotFound;
    const int64_t first = std::max(*from, 0), last = std::min<int64_t>(*to, size - 1);
    const JsonNode* each = is_array && first <= last ? element_of(node, first) : node;
    for (int64_t i = first; i <= last; ++i, each = after(each)) {
      result = next(step, each, found);
      if (result == Result::kFailed || (result == Result::kFound && !found)) break;
    }
    if (result == Result::kFailed || (result == Result::kFound && !found)) break;
  }
  size_ = outer;
  return result;
}

// What is found, and of arrays what is in them if it is wanted, and the mode is lax.
PathResult PathSearch::unwrapped(const PathStep& step, const JsonNode* node, bool unwraps,
                                 Found& found) {
  if (!unwraps || !program_.is_lax) return item(step, node, &found);
  Found all;
  const Result result = item(step, node, &all);
  if (result == Result::kFailed) return result;
  for (const JsonNode* each : all) {
    if (each->kind == JsonKind::kArray) inside(nullptr, each, &found, {1, 1, 1, false}, false);
    else found.push_back(each);
  }
  return Result::kFound;
}

}  // namespace sql
