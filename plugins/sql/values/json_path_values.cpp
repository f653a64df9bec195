// Methods and arithmetic of jsonpath.
#include <cmath>

#include "values/json_path_search.hpp"
#include "values/numeric_math.hpp"
#include "values/value_text.hpp"

namespace sql {
namespace {

std::string_view name_of_operation(PathKind kind) {
  switch (kind) {
    case PathKind::kAdd:
    case PathKind::kPlus: return "+";
    case PathKind::kSubtract:
    case PathKind::kMinus: return "-";
    case PathKind::kMultiply: return "*";
    case PathKind::kDivide: return "/";
    case PathKind::kRemainder: return "%";
    case PathKind::kAbs: return "abs";
    case PathKind::kFloor: return "floor";
    case PathKind::kCeiling: return "ceiling";
    default: return "";
  }
}

Numeric computed(Run& run, PathKind kind, const Numeric& a, const Numeric& b) {
  switch (kind) {
    case PathKind::kAdd: return add(run, a, b);
    case PathKind::kSubtract: return subtract(run, a, b);
    case PathKind::kMultiply: return multiply(run, a, b);
    case PathKind::kDivide: return divide(run, a, b);
    default: return remainder(run, a, b);
  }
}

Numeric rounded(Run& run, PathKind kind, const Numeric& a) {
  if (kind == PathKind::kAbs) return absolute(run, a);
  return round(run, a, 0, kind == PathKind::kFloor ? Rounding::kDown : Rounding::kUp);
}

// Tells of failures without letting them be the row's.
struct Attempt {
  explicit Attempt(Run& of) : run(of.arena()) {
    failures.start(1);
    run.set_failures(failures);
  }
  Failures failures;
  Run run;
};

}  // namespace

const JsonNode* PathSearch::made(JsonKind kind, std::string_view text) {
  auto* const node = run_.arena().allocate_array<JsonNode>(1);
  node->text = text.data();
  node->size = static_cast<uint32_t>(text.size());
  node->next = 1;
  node->kind = kind;
  return node;
}

const JsonNode* PathSearch::made(const Numeric& number) {
  std::string text;
  append_text(text, number);
  return made(JsonKind::kNumber, run_.arena().copy(text));
}

PathResult PathSearch::method(const PathStep& step, const JsonNode* node, Found* found,
                              bool unwraps) {
  if (step.kind == PathKind::kType)
    return next(step, made(JsonKind::kString, name_of_kind(node->kind)), found);
  if (step.kind == PathKind::kSize) {
    if (node->kind == JsonKind::kArray) return next(step, made(Numeric::of(node->size)), found);
    if (program_.is_lax) return next(step, made(Numeric::of(1)), found);
    return mismatch("22039", "jsonpath item method .size() can only be applied to an array");
  }
  if (unwraps && node->kind == JsonKind::kArray) return each_element(step, node, found);
  if (step.kind == PathKind::kDouble) {
    const auto number = as_double(node);
    if (!number) return Result::kFailed;
    return next(step, node->kind == JsonKind::kNumber ? node : made(*number), found);
  }
  if (node->kind != JsonKind::kNumber) {
    return fail("22036", "jsonpath item method ." + std::string(name_of_operation(step.kind)) +
                             "() can only be applied to a numeric value");
  }
  return next(step, made(rounded(run_, step.kind, *parse_numeric(run_, node->view()))), found);
}

// Nothing: it has failed.
std::optional<Numeric> PathSearch::as_double(const JsonNode* node) {
  if (node->kind == JsonKind::kNumber) {
    const Numeric number = *parse_numeric(run_, node->view());
    if (std::isfinite(to_double(number))) return number;
    fail("22036",
         "numeric argument of jsonpath item method .double() is out of range for type double "
         "precision");
  } else if (node->kind == JsonKind::kString) {
    Attempt attempt(run_);
    const auto read = read_text<double>(attempt.run, node->view());
    if (read && std::isfinite(*read)) return to_numeric(run_, *read, 15);
    fail("22036",
         "string argument of jsonpath item method .double() is not a valid representation of a "
         "double precision number");
  } else {
    fail("22036",
         "jsonpath item method .double() can only be applied to a string or numeric value");
  }
  return std::nullopt;
}

PathResult PathSearch::binary(const PathStep& step, const JsonNode* node, Found* found) {
  Found operands[2];
  if (unwrapped(*step.left, node, true, operands[0]) == Result::kFailed ||
      unwrapped(*step.right, node, true, operands[1]) == Result::kFailed) {
    return Result::kFailed;
  }
  for (int i = 0; i < 2; ++i) {
    if (operands[i].size() == 1 && operands[i][0]->kind == JsonKind::kNumber) continue;
    return fail("22038", std::string(i == 0 ? "left" : "right") + " operand of jsonpath operator " +
                             std::string(name_of_operation(step.kind)) +
                             " is not a single numeric value");
  }
  Attempt attempt(run_);
  const Numeric result =
      computed(attempt.run, step.kind, *parse_numeric(run_, operands[0][0]->view()),
               *parse_numeric(run_, operands[1][0]->view()));
  if (attempt.failures.any())
    return fail(attempt.failures.of(0).state, attempt.failures.of(0).message);
  return next(step, made(result), found);
}

PathResult PathSearch::unary(const PathStep& step, const JsonNode* node, Found* found) {
  Found operands;
  if (unwrapped(*step.left, node, true, operands) == Result::kFailed) return Result::kFailed;
  Result result = Result::kNotFound;
  const bool is_of_interest = found || step.next;
  for (const JsonNode* operand : operands) {
    const bool is_number = operand->kind == JsonKind::kNumber;
    if (!is_of_interest) {
      if (is_number) return Result::kFound;
      continue;
    }
    if (!is_number) {
      return fail("2203B", "operand of unary jsonpath operator " +
                               std::string(name_of_operation(step.kind)) +
                               " is not a numeric value");
    }
    if (step.kind == PathKind::kMinus)
      operand = made(negate(run_, *parse_numeric(run_, operand->view())));
    const Result of_this = next(step, operand, found);
    if (of_this == Result::kFailed) return of_this;
    if (of_this != Result::kFound) continue;
    if (!found) return of_this;
    result = of_this;
  }
  return result;
}

}  // namespace sql
