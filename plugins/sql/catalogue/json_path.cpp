// Functions and operators that take a jsonpath (jsonpath_exec.c).
#include "values/json_path.hpp"

#include "catalogue/catalogue.hpp"
#include "values/json_build.hpp"

namespace sql {
namespace {

constexpr JsonNode kNoVariables{nullptr, 0, 1, JsonKind::kObject};

std::optional<JsonPath> path_of_text(Run& run, Text text) {
  const PathProgram* const program = read_json_path(run, text);
  if (program == nullptr) return std::nullopt;
  return JsonPath{program};
}

// Paths with variables are refused, but what would hold them is looked at.
bool has_variables(Run& run, Json variables) {
  if (variables.node->kind == JsonKind::kObject) return true;
  run.fail("22023", "\"vars\" argument is not an object");
  return false;
}

std::optional<bool> path_exists(Run& run, Json value, JsonPath path, Json variables,
                                bool is_silent) {
  if (!has_variables(run, variables)) return std::nullopt;
  const PathResult result = find_items(run, path, value.node, is_silent, nullptr);
  if (result == PathResult::kFailed) return std::nullopt;
  return result == PathResult::kFound;
}

std::optional<bool> path_match(Run& run, Json value, JsonPath path, Json variables,
                               bool is_silent) {
  if (!has_variables(run, variables)) return std::nullopt;
  std::vector<const JsonNode*> found;
  const PathResult result = find_items(run, path, value.node, is_silent, &found);
  if (result == PathResult::kFailed && !is_silent) return std::nullopt;
  if (found.size() == 1) {
    const JsonKind kind = found[0]->kind;
    if (kind == JsonKind::kNull) return std::nullopt;
    if (kind == JsonKind::kTrue || kind == JsonKind::kFalse) return kind == JsonKind::kTrue;
  }
  if (!is_silent) run.fail("22038", "single boolean result is expected");
  return std::nullopt;
}

std::optional<Json> path_first(Run& run, Json value, JsonPath path, Json variables,
                               bool is_silent) {
  if (!has_variables(run, variables)) return std::nullopt;
  std::vector<const JsonNode*> found;
  find_items(run, path, value.node, is_silent, &found);
  if (found.empty()) return std::nullopt;
  return Json{found[0]};
}

std::optional<Json> path_array(Run& run, Json value, JsonPath path, Json variables,
                               bool is_silent) {
  if (!has_variables(run, variables)) return std::nullopt;
  std::vector<const JsonNode*> found;
  find_items(run, path, value.node, is_silent, &found);
  JsonBuilder builder;
  const size_t begun = builder.begin(JsonKind::kArray);
  for (const JsonNode* node : found) builder.copy(node);
  builder.end(begun, static_cast<uint32_t>(found.size()));
  return builder.finish(run);
}

// Without variables, and without both.
template <auto function>
auto without_silence(Run& run, Json value, JsonPath path, Json variables) {
  return function(run, value, path, variables, false);
}
template <auto function, bool is_silent>
auto without_both(Run& run, Json value, JsonPath path) {
  return function(run, value, path, Json{&kNoVariables}, is_silent);
}

template <auto function>
void add_three(Catalogue& to, std::string_view name) {
  to.add_function<without_both<function, false>>(name);
  to.add_function<without_silence<function>>(name);
  to.add_function<function>(name);
}

}  // namespace

void add_json_path(Catalogue& to) {
  to.add_cast<path_of_text>();
  add_three<path_exists>(to, "jsonb_path_exists");
  add_three<path_match>(to, "jsonb_path_match");
  add_three<path_first>(to, "jsonb_path_query_first");
  add_three<path_array>(to, "jsonb_path_query_array");
  to.add_operator<without_both<path_exists, true>>("@?");
  to.add_operator<without_both<path_match, true>>("@@");
}

}  // namespace sql
