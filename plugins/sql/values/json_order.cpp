#include "values/json_order.hpp"

#include <algorithm>
#include <compare>

#include "values/numeric_math.hpp"

namespace sql {
namespace {

// jbvNull, jbvString, jbvNumeric, jbvBool, jbvArray, jbvObject.
int rank(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull: return 0;
    case JsonKind::kString: return 1;
    case JsonKind::kNumber: return 2;
    case JsonKind::kFalse:
    case JsonKind::kTrue: return 3;
    case JsonKind::kArray: return 4;
    case JsonKind::kObject: return 5;
  }
  return 0;
}

std::strong_ordering order_of_names(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering order_of_numbers(std::string_view a, std::string_view b) {
  if (a == b) return std::strong_ordering::equal;
  Arena arena;
  Run run(arena);
  Failures unused;
  unused.start(1);
  run.set_failures(unused);
  return compare(*parse_numeric(run, a), *parse_numeric(run, b));  // checked when they were read
}

std::strong_ordering order(const JsonNode* a, const JsonNode* b);

std::strong_ordering order_of_arrays(const JsonNode* a, const JsonNode* b) {
  if (a->size != b->size) return a->size <=> b->size;
  const JsonNode *one = a + 1, *other = b + 1;
  for (uint32_t i = 0; i < a->size; ++i, one = after(one), other = after(other)) {
    if (const auto found = order(one, other); std::is_neq(found)) return found;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering order_of_objects(const JsonNode* a, const JsonNode* b) {
  const auto ours = sorted_members(a), theirs = sorted_members(b);
  if (ours.size() != theirs.size()) return ours.size() <=> theirs.size();
  for (size_t i = 0; i < ours.size(); ++i) {
    if (const int names = ours[i]->view().compare(theirs[i]->view()); names != 0)
      return names <=> 0;
    if (const auto found = order(ours[i] + 1, theirs[i] + 1); std::is_neq(found)) return found;
  }
  return std::strong_ordering::equal;
}

std::strong_ordering order(const JsonNode* a, const JsonNode* b) {
  if (rank(a->kind) != rank(b->kind)) return rank(a->kind) <=> rank(b->kind);
  switch (a->kind) {
    case JsonKind::kNull: return std::strong_ordering::equal;
    case JsonKind::kFalse:
    case JsonKind::kTrue: return (a->kind == JsonKind::kTrue) <=> (b->kind == JsonKind::kTrue);
    case JsonKind::kString: return a->view().compare(b->view()) <=> 0;
    case JsonKind::kNumber: return order_of_numbers(a->view(), b->view());
    case JsonKind::kArray: return order_of_arrays(a, b);
    case JsonKind::kObject: return order_of_objects(a, b);
  }
  return std::strong_ordering::equal;
}

}  // namespace

std::vector<const JsonNode*> sorted_members(const JsonNode* object) {
  std::vector<const JsonNode*> members;
  members.reserve(object->size);
  const JsonNode* name = object + 1;
  for (uint32_t i = 0; i < object->size; ++i, name = after(name + 1)) members.push_back(name);
  std::stable_sort(members.begin(), members.end(), [](const JsonNode* a, const JsonNode* b) {
    return std::is_lt(order_of_names(a->view(), b->view()));
  });
  // Of those with one name the last stays.
  const auto same = [](const JsonNode* a, const JsonNode* b) { return a->view() == b->view(); };
  const auto end = std::unique(members.rbegin(), members.rend(), same);
  members.erase(members.begin(), end.base());
  return members;
}

// A scalar by itself is kept as an array of one element, which is less than any other of one, and
// greater than the empty one.
std::strong_ordering compare(Json a, Json b) {
  const bool one = is_scalar(a.node), other = is_scalar(b.node);
  if (one == other || a.node->kind == JsonKind::kObject || b.node->kind == JsonKind::kObject) {
    return order(a.node, b.node);
  }
  const uint32_t elements = one ? b.node->size : a.node->size;
  const auto of_scalar = elements == 0 ? std::strong_ordering::greater : std::strong_ordering::less;
  if (one) return of_scalar;
  return std::is_gt(of_scalar) ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace sql
