// Functions and operators of jsonb.
#include "catalogue/catalogue.hpp"
#include "values/json_build.hpp"
#include "values/json_order.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

std::optional<Json> json_or_null(const JsonNode* node) {
  if (node == nullptr) return std::nullopt;
  return Json{node};
}

std::optional<Text> text_or_null(Run& run, const JsonNode* node) {
  if (node == nullptr || node->kind == JsonKind::kNull) return std::nullopt;
  if (node->kind == JsonKind::kString) return node->view();
  std::string text;
  append_json(text, node);
  return run.arena().copy(text);
}

const JsonNode* by_name(Json value, Text name) {
  return value.node->kind == JsonKind::kObject ? member_of(value.node, name) : nullptr;
}
// A scalar counts as an array of it alone.
const JsonNode* by_number(Json value, int32_t number) {
  if (value.node->kind == JsonKind::kObject) return nullptr;
  if (is_scalar(value.node)) return number == 0 || number == -1 ? value.node : nullptr;
  return element_of(value.node, number);
}

std::optional<Json> member(Json value, Text name) { return json_or_null(by_name(value, name)); }
std::optional<Json> element(Json value, int32_t number) {
  return json_or_null(by_number(value, number));
}
std::optional<Text> member_text(Run& run, Json value, Text name) {
  return text_or_null(run, by_name(value, name));
}
std::optional<Text> element_text(Run& run, Json value, int32_t number) {
  return text_or_null(run, by_number(value, number));
}

bool exists(Json value, Text name) {
  if (value.node->kind == JsonKind::kObject) return member_of(value.node, name) != nullptr;
  const JsonNode* at = value.node->kind == JsonKind::kArray ? value.node + 1 : value.node;
  const uint32_t count = value.node->kind == JsonKind::kArray ? value.node->size : 1;
  for (uint32_t i = 0; i < count; ++i, at = after(at)) {
    if (at->kind == JsonKind::kString && at->view() == name) return true;
  }
  return false;
}

Text type_of_json(Json value) { return name_of_kind(value.node->kind); }

int32_t length_of_array(Run& run, Json value) {
  if (value.node->kind == JsonKind::kArray) return static_cast<int32_t>(value.node->size);
  run.fail("22023", value.node->kind == JsonKind::kObject ? "cannot get array length of a non-array"
                                                          : "cannot get array length of a scalar");
  return 0;
}

// JsonbDeepContains: objects have the other's members, arrays its elements, in any order.
bool contains(const JsonNode* whole, const JsonNode* part);

bool has_element(const JsonNode* array, const JsonNode* wanted) {
  const JsonNode* at = array + 1;
  for (uint32_t i = 0; i < array->size; ++i, at = after(at)) {
    const bool is_found = is_scalar(wanted)
                              ? is_scalar(at) && std::is_eq(compare(Json{at}, Json{wanted}))
                              : at->kind == wanted->kind && contains(at, wanted);
    if (is_found) return true;
  }
  return false;
}

bool contains(const JsonNode* whole, const JsonNode* part) {
  if (part->kind == JsonKind::kObject) {
    if (whole->kind != JsonKind::kObject) return false;
    for (const JsonNode* name : sorted_members(part)) {
      const JsonNode* ours = member_of(whole, name->view());
      if (ours == nullptr || is_scalar(ours) != is_scalar(name + 1)) return false;
      const bool holds = is_scalar(ours)
                             ? std::is_eq(compare(Json{ours}, Json{name + 1}))
                             : ours->kind == (name + 1)->kind && contains(ours, name + 1);
      if (!holds) return false;
    }
    return true;
  }
  if (whole->kind == JsonKind::kObject) return false;
  if (is_scalar(whole)) return is_scalar(part) && std::is_eq(compare(Json{whole}, Json{part}));
  // An array contains a scalar by itself.
  if (is_scalar(part)) return has_element(whole, part);
  const JsonNode* at = part + 1;
  for (uint32_t i = 0; i < part->size; ++i, at = after(at)) {
    if (!has_element(whole, at)) return false;
  }
  return true;
}
bool contains_json(Json whole, Json part) { return contains(whole.node, part.node); }
bool is_contained(Json part, Json whole) { return contains(whole.node, part.node); }

std::optional<Json> without_name(Run& run, Json value, Text name) {
  const JsonNode* node = value.node;
  if (is_scalar(node)) {
    run.fail("22023", "cannot delete from scalar");
    return std::nullopt;
  }
  return without_strings(run, node, [&](Text text) { return text == name; });
}

std::optional<Json> without_element(Run& run, Json value, int32_t number) {
  const JsonNode* node = value.node;
  if (is_scalar(node)) run.fail("22023", "cannot delete from scalar");
  else if (node->kind == JsonKind::kObject)
    run.fail("22023", "cannot delete from object using integer index");
  if (node->kind != JsonKind::kArray) return std::nullopt;
  const JsonNode* const left_out = element_of(node, number);
  JsonBuilder builder;
  const size_t begun = builder.begin(JsonKind::kArray);
  const JsonNode* at = node + 1;
  for (uint32_t i = 0; i < node->size; ++i, at = after(at)) {
    if (at != left_out) builder.copy(at);
  }
  builder.end(begun, node->size - (left_out ? 1 : 0));
  return builder.finish(run);
}

uint32_t add_elements(JsonBuilder& to, const JsonNode* value) {
  if (value->kind != JsonKind::kArray) {
    to.copy(value);
    return 1;
  }
  const JsonNode* at = value + 1;
  for (uint32_t i = 0; i < value->size; ++i, at = after(at)) to.copy(at);
  return value->size;
}

// Two objects: the members of both, of one name the second's. Otherwise the elements of both.
Json concatenation(Run& run, Json a, Json b) {
  JsonBuilder builder;
  const bool are_objects = a.node->kind == JsonKind::kObject && b.node->kind == JsonKind::kObject;
  const size_t begun = builder.begin(are_objects ? JsonKind::kObject : JsonKind::kArray);
  uint32_t count = 0;
  for (const JsonNode* node : {a.node, b.node}) {
    if (!are_objects) {
      count += add_elements(builder, node);
      continue;
    }
    const JsonNode* at = node + 1;
    for (uint32_t i = 0; i < node->size; ++i, at = after(at + 1)) {
      builder.string(at->view());
      builder.copy(at + 1);
    }
    count += node->size;
  }
  builder.end(begun, count);
  return builder.finish(run);
}

void add_without_nulls(JsonBuilder& to, const JsonNode* node) {
  if (is_scalar(node)) return to.copy(node);
  const size_t begun = to.begin(node->kind);
  uint32_t count = 0;
  const JsonNode* at = node + 1;
  if (node->kind == JsonKind::kArray) {
    for (uint32_t i = 0; i < node->size; ++i, at = after(at), ++count) add_without_nulls(to, at);
  } else {
    for (const JsonNode* name : sorted_members(node)) {
      if ((name + 1)->kind == JsonKind::kNull) continue;
      to.string(name->view());
      add_without_nulls(to, name + 1);
      ++count;
    }
  }
  to.end(begun, count);
}
Json strip_nulls(Run& run, Json value) {
  JsonBuilder builder;
  add_without_nulls(builder, value.node);
  return builder.finish(run);
}

}  // namespace

void add_json(Catalogue& to) {
  to.add_operator<member>("->");
  to.add_operator<element>("->");
  to.add_operator<member_text>("->>");
  to.add_operator<element_text>("->>");
  to.add_operator<exists>("?");
  to.add_operator<contains_json>("@>");
  to.add_operator<is_contained>("<@");
  to.add_operator<without_name>("-");
  to.add_operator<without_element>("-");
  to.add_operator<concatenation>("||");
  to.add_function<exists>("jsonb_exists");
  to.add_function<contains_json>("jsonb_contains");
  to.add_function<is_contained>("jsonb_contained");
  to.add_function<without_name>("jsonb_delete");
  to.add_function<without_element>("jsonb_delete");
  to.add_function<concatenation>("jsonb_concat");
  to.add_function<strip_nulls>("jsonb_strip_nulls");
  to.add_function<type_of_json>("jsonb_typeof");
  to.add_function<length_of_array>("jsonb_array_length");
}

}  // namespace sql
