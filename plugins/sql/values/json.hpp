// A jsonb value: a document that has been read whole, or a part of it.
#pragma once

#include <cstdint>
#include <string_view>

namespace sql {

enum class JsonKind : uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

// A document is its nodes in the order of its text. An object's members are a kString node for the
// name and then the value's nodes.
struct JsonNode {
  const char* text;    // of a string without quotes and escapes, of a number as it was written
  uint32_t size;       // bytes of `text`; of an array or an object its elements or members
  uint32_t next : 29;  // nodes up to what follows: 1, or more of an array or an object
  JsonKind kind : 3;

  std::string_view view() const { return {text, size}; }
};
static_assert(sizeof(JsonNode) == 16);

struct Json {
  const JsonNode* node;
};

// As jsonb_typeof has it.
constexpr std::string_view name_of_kind(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull: return "null";
    case JsonKind::kFalse:
    case JsonKind::kTrue: return "boolean";
    case JsonKind::kNumber: return "number";
    case JsonKind::kString: return "string";
    case JsonKind::kArray: return "array";
    case JsonKind::kObject: return "object";
  }
  return "";
}

inline bool is_scalar(const JsonNode* node) { return node->kind < JsonKind::kArray; }

inline const JsonNode* after(const JsonNode* node) { return node + node->next; }

}  // namespace sql
