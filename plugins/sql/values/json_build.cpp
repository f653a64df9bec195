#include "values/json_build.hpp"

#include <algorithm>
#include <cmath>

#include "values/array.hpp"
#include "values/value_text.hpp"

namespace sql {

void append_json_text(std::string& to, Base type, const void* value) {
  const size_t begin = to.size();
  append_text(to, Type(type), value);
  if (type != Base::kTimestamp && type != Base::kTimestamptz) return;
  const size_t space = to.find(' ', begin);
  if (space == to.npos) return;  // infinity
  to[space] = 'T';
  if (type == Base::kTimestamptz) to.insert(to.find('+', begin) + 3, ":00");
}

// array_dim_to_jsonb of jsonb.c.
void JsonBuilder::elements(Run& run, const ArrayBody& array, int dimension, int32_t& next) {
  const size_t begun = begin(JsonKind::kArray);
  const int32_t count = array.dimensions == 0 ? 0 : array.lengths[dimension];
  for (int32_t i = 0; i < count; ++i) {
    if (dimension + 1 < array.dimensions) {
      elements(run, array, dimension + 1, next);
      continue;
    }
    const Element element = get_element(array, next++);
    if (element.value) value(run, Type(element.type), element.value);
    else null();
  }
  end(begun, static_cast<uint32_t>(count));
}

void JsonBuilder::value(Run& run, Type of, const void* value) {
  if (of.is_array) {
    int32_t next = 0;
    return elements(run, *static_cast<const Array*>(value)->body, 0, next);
  }
  const Base type = of.base;
  switch (type) {
    case Base::kBoolean: return boolean(*static_cast<const bool*>(value));
    case Base::kJsonb: return copy(static_cast<const Json*>(value)->node);
    case Base::kUnknown:
    case Base::kText: return string(*static_cast<const Text*>(value));
    default: break;
  }
  std::string text;
  append_json_text(text, type, value);
  const std::string_view kept = run.arena().copy(text);
  // NaN and infinities are no numbers of JSON.
  const bool is_number =
      type >= Base::kSmallint && type <= Base::kNumeric && kept.find_first_of("Ny") == kept.npos;
  if (is_number) number(kept);
  else string(kept);
}

Json JsonBuilder::finish(Run& run) {
  auto* const nodes = run.arena().allocate_array<JsonNode>(nodes_.size());
  std::copy(nodes_.begin(), nodes_.end(), nodes);
  return {nodes};
}

const JsonNode* member_of(const JsonNode* object, std::string_view name) {
  const JsonNode* found = nullptr;
  const JsonNode* at = object + 1;
  for (uint32_t i = 0; i < object->size; ++i, at = after(at + 1)) {
    if (at->view() == name) found = at + 1;
  }
  return found;
}

const JsonNode* element_of(const JsonNode* array, int64_t number) {
  if (number < 0) number += array->size;
  if (number < 0 || number >= array->size) return nullptr;
  const JsonNode* at = array + 1;
  for (; number > 0; --number) at = after(at);
  return at;
}

}  // namespace sql
