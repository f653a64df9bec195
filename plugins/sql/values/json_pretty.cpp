// jsonb_pretty: a line for each element, indented by four blanks a level.
#include "values/json_order.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

void begin_line(std::string& to, size_t level) {
  to += '\n';
  to.append(4 * level, ' ');
}

// Blanks of each line are as many as its value is deep.
constexpr size_t kMostBytes = 16 << 20;

void append_lines(std::string& to, const JsonNode* node, size_t level) {
  if (to.size() > kMostBytes) return;
  if (is_scalar(node)) return append_json(to, node);
  const bool is_object = node->kind == JsonKind::kObject;
  to += is_object ? '{' : '[';
  bool is_first = true;
  const auto begin_item = [&] {
    if (!is_first) to += ',';
    is_first = false;
    begin_line(to, level + 1);
  };
  if (is_object) {
    for (const JsonNode* name : sorted_members(node)) {
      begin_item();
      append_quoted(to, name->view());
      to += ": ";
      append_lines(to, name + 1, level + 1);
    }
  } else {
    const JsonNode* element = node + 1;
    for (uint32_t i = 0; i < node->size; ++i, element = after(element)) {
      begin_item();
      append_lines(to, element, level + 1);
    }
  }
  begin_line(to, level);
  to += is_object ? '}' : ']';
}

}  // namespace

bool append_pretty_json(std::string& to, const JsonNode* node) {
  append_lines(to, node, 0);
  return to.size() <= kMostBytes;
}

}  // namespace sql
