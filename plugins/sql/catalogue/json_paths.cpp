// jsonb by paths of text[]: #> #>> ?| ?& and - of several names.
#include <algorithm>
#include <vector>

#include "catalogue/catalogue.hpp"
#include "values/array.hpp"
#include "values/json_build.hpp"
#include "values/json_steps.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

// Null: there is nothing at the path, or a step of it is NULL (jsonb_get_element of jsonfuncs.c).
const JsonNode* follow(const JsonNode* node, const ArrayBody& path) {
  for (int32_t i = 0; i < path.size; ++i) {
    if (is_null_at(path, i)) return nullptr;
  }
  for (int32_t i = 0; i < path.size && node; ++i) {
    const Text step = *static_cast<const Text*>(get_element(path, i).value);
    if (node->kind == JsonKind::kObject) {
      node = member_of(node, step);
    } else if (node->kind == JsonKind::kArray) {
      const auto number = number_of_step(step);
      node = number ? element_of(node, *number) : nullptr;
    } else {
      return nullptr;
    }
  }
  return node;
}

std::optional<Text> text_of_node(Run& run, const JsonNode* node) {
  if (node == nullptr || node->kind == JsonKind::kNull) return std::nullopt;
  if (node->kind == JsonKind::kString) return node->view();
  std::string text;
  append_json(text, node);
  return run.arena().copy(text);
}

std::optional<Json> at_path(Json value, Array path) {
  const JsonNode* const node = follow(value.node, *path.body);
  if (node == nullptr) return std::nullopt;
  return Json{node};
}
std::optional<Text> text_at_path(Run& run, Json value, Array path) {
  return text_of_node(run, follow(value.node, *path.body));
}

std::vector<Text> sorted(std::vector<Text> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}
bool is_among(const std::vector<Text>& sorted_texts, Text text) {
  return std::binary_search(sorted_texts.begin(), sorted_texts.end(), text);
}

// NULL is no name.
std::vector<Text> texts_of(const ArrayBody& array) {
  std::vector<Text> texts;
  for (int32_t i = 0; i < array.size; ++i) {
    if (const void* const text = get_element(array, i).value)
      texts.push_back(*static_cast<const Text*>(text));
  }
  return texts;
}
// Of an object its members' names, of an array its elements that are strings.
std::vector<Text> names_of(const JsonNode* node) {
  std::vector<Text> names;
  const bool is_object = node->kind == JsonKind::kObject;
  const JsonNode* at = is_scalar(node) ? node : node + 1;
  for (uint32_t i = 0; i < (is_scalar(node) ? 1 : node->size); ++i) {
    if (at->kind == JsonKind::kString) names.push_back(at->view());
    at = is_object ? after(at + 1) : after(at);
  }
  return names;
}

template <bool all>
bool exists_of(Json value, Array names) {
  const std::vector<Text> known = sorted(names_of(value.node));
  for (const Text name : texts_of(*names.body)) {
    if (is_among(known, name) != all) return !all;
  }
  return all;
}

// jsonb_delete_array.
std::optional<Json> without_names(Run& run, Json value, Array names) {
  const JsonNode* const node = value.node;
  if (!is_json_path(run, *names.body)) return std::nullopt;
  if (is_scalar(node)) {
    run.fail("22023", "cannot delete from scalar");
    return std::nullopt;
  }
  const std::vector<Text> left_out = sorted(texts_of(*names.body));
  return without_strings(run, node, [&](Text text) { return is_among(left_out, text); });
}

Text pretty(Run& run, Json value) {
  std::string text;
  if (!append_pretty_json(text, value.node)) {
    run.fail("54000", "requested length too large");
    return {};
  }
  return run.arena().copy(text);
}

}  // namespace

void add_json_paths(Catalogue& to) {
  const Type texts = Type(Base::kText).array();
  // Paths are arrays of text.
  const auto add = [&]<auto function>(std::string_view name, std::string_view function_name) {
    using Of = KernelOf<function>;
    Routine routine{name, {Base::kJsonb, texts}, Of::kResult, Of::kKernel};
    routine.is_strict = true;
    to.add_operator(routine);
    if (function_name.empty()) return;
    routine.name = function_name;
    to.add_function(routine);
  };
  add.template operator()<at_path>("#>", "");
  add.template operator()<text_at_path>("#>>", "");
  add.template operator()<exists_of<false>>("?|", "jsonb_exists_any");
  add.template operator()<exists_of<true>>("?&", "jsonb_exists_all");
  add.template operator()<without_names>("-", "");
  const auto add_extract = [&]<auto function>(std::string_view name) {
    using Of = KernelOf<function>;
    Routine routine{name, {Base::kJsonb, Base::kText}, Of::kResult, Of::kKernel, true, true};
    routine.gathers = true;
    to.add_function(routine);
  };
  add_extract.template operator()<at_path>("jsonb_extract_path");
  add_extract.template operator()<text_at_path>("jsonb_extract_path_text");
  to.add_function<pretty>("jsonb_pretty");
}

}  // namespace sql
