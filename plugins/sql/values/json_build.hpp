// jsonb values that are made, of others or of SQL values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluation/run.hpp"
#include "values/values.hpp"

namespace sql {

// The nodes of a value in the making, in their order.
class JsonBuilder {
 public:
  void null() { scalar(JsonKind::kNull, {}); }
  void boolean(bool value) { scalar(value ? JsonKind::kTrue : JsonKind::kFalse, {}); }
  // `text` outlives the value.
  void number(std::string_view text) { scalar(JsonKind::kNumber, text); }
  void string(std::string_view text) { scalar(JsonKind::kString, text); }
  // Any value with all that is in it.
  void copy(const JsonNode* node) { nodes_.insert(nodes_.end(), node, node + node->next); }
  // An SQL value, as to_jsonb writes it.
  void value(Run& run, Type type, const void* value);

  // What follows up to the `end` is in it. An object's members are a string and a value each.
  size_t begin(JsonKind kind) {
    scalar(kind, {});
    return nodes_.size() - 1;
  }
  void end(size_t begun, uint32_t count) {
    nodes_[begun].size = count;
    nodes_[begun].next = static_cast<uint32_t>(nodes_.size() - begun);
  }
  Json finish(Run& run);

 private:
  void elements(Run& run, const ArrayBody& array, int dimension, int32_t& next);
  void scalar(JsonKind kind, std::string_view text) {
    JsonNode& node = nodes_.emplace_back();
    node.text = text.data();
    node.size = static_cast<uint32_t>(text.size());
    node.next = 1;
    node.kind = kind;
  }
  std::vector<JsonNode> nodes_;
};

// An array or an object without the strings in it, or the members, that `leaves_out` says.
template <class LeavesOut>
Json without_strings(Run& run, const JsonNode* node, LeavesOut&& leaves_out) {
  JsonBuilder builder;
  const size_t begun = builder.begin(node->kind);
  const bool is_object = node->kind == JsonKind::kObject;
  uint32_t count = 0;
  const JsonNode* at = node + 1;
  for (uint32_t i = 0; i < node->size; ++i) {
    const JsonNode* const next = is_object ? after(at + 1) : after(at);
    if (at->kind != JsonKind::kString || !leaves_out(at->view())) {
      if (is_object) builder.string(at->view());
      builder.copy(is_object ? at + 1 : at);
      ++count;
    }
    at = next;
  }
  builder.end(begun, count);
  return builder.finish(run);
}

// The text that a value has in JSON: as its own, but times as ISO 8601 has them, with a T.
void append_json_text(std::string& to, Base type, const void* value);

// Of several members with one name the last; null: there is none.
const JsonNode* member_of(const JsonNode* object, std::string_view name);
// From the end if negative; null: there is none.
const JsonNode* element_of(const JsonNode* array, int64_t number);

}  // namespace sql
