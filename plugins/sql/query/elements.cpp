#include "query/elements.hpp"

#include <algorithm>

#include "values/json_order.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

// The texts of constants, and the words in them: `'{a,b}'` and `'$.a.b'` name a and b.
void add_names(const Tree& tree, std::set<std::string>& to) {
  if (tree.is_object() && type_of(tree) == "A_Const") {
    const std::string constant = text(get(body_of(tree), "sval"), "sval");
    constexpr const char* kBetweenNames = "{},\". $[]?()@";
    to.insert(constant);
    for (size_t begin = 0; begin < constant.size();) {
      const size_t end = std::min(constant.find_first_of(kBetweenNames, begin), constant.size());
      to.insert(constant.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  if (!tree.is_structured()) return;
  for (const Tree& part : tree) add_names(part, to);
}

void find_names(const Tree& tree, std::set<std::string>& to) {
  if (!tree.is_structured()) return;
  if (tree.is_object() && !tree.empty()) {
    const std::string type = type_of(tree);
    const Tree& body = body_of(tree);
    if (type == "A_Expr") {
      const std::vector<std::string> name = strings(get(body, "name"));
      for (const char* const asks : {"->", "->>", "#>", "#>>", "?"}) {
        if (!name.empty() && name.back() == asks) add_names(get(body, "rexpr"), to);
      }
    } else if (type == "A_Indirection") {
      add_names(get(body, "indirection"), to);
    } else if (type == "FuncCall") {
      const std::vector<std::string> name = strings(get(body, "funcname"));
      if (!name.empty() &&
          (name.back().starts_with("jsonb_extract_path") || name.back().starts_with("jsonb_path_")))
        add_names(get(body, "args"), to);
    }
  }
  for (const Tree& part : tree) find_names(part, to);
}

}  // namespace

std::set<std::string> names_asked_for(const Tree& query) {
  std::set<std::string> names;
  find_names(query, names);
  return names;
}

void append_only(std::string& to, const JsonNode* node, std::span<const Step> steps,
                 const std::set<std::string>& names) {
  const auto leads_to = [&](const JsonNode* value, const Step& step) {
    return value != step.element && is_within(step.element, value);
  };
  const auto is_cut_by = [&](const Step& step) {
    return leads_to(node, step) && is_within(node, step.container);
  };
  const auto is_on_the_way = [&](const JsonNode* value) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const Step& step) { return is_within(step.element, value); });
  };
  if (std::none_of(steps.begin(), steps.end(), [&](const Step& s) { return leads_to(node, s); }))
    return append_json(to, node);
  const bool is_cut = std::any_of(steps.begin(), steps.end(), is_cut_by);
  const char* separator = "";
  if (node->kind == JsonKind::kArray) {
    to += '[';
    const JsonNode* element = node + 1;
    for (uint32_t i = 0; i < node->size; ++i, element = after(element)) {
      if (is_cut && !is_on_the_way(element)) continue;
      to += std::exchange(separator, ", ");
      append_only(to, element, steps, names);
    }
    to += ']';
    return;
  }
  to += '{';
  for (const JsonNode* const name : sorted_members(node)) {
    const JsonNode* const value = name + 1;
    if (is_cut && !is_on_the_way(value) && !names.contains(std::string(name->view()))) continue;
    to += std::exchange(separator, ", ");
    append_quoted(to, name->view());
    to += ": ";
    append_only(to, value, steps, names);
  }
  to += '}';
}

}  // namespace sql
