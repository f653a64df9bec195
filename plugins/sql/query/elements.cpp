#include "query/elements.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "values/json_order.hpp"
#include "values/json_text.hpp"

namespace sql {
namespace {

// A constant that names members: one, or for #> several.
std::optional<std::vector<std::string>> names_in(const Tree& node, bool is_path) {
  const Tree& constant = type_of(node) == "TypeCast" ? get(body_of(node), "arg") : node;
  if (type_of(constant) != "A_Const" || !body_of(constant).contains("sval")) return std::nullopt;
  const std::string name = text(get(body_of(constant), "sval"), "sval");
  if (!is_path) return {{name}};
  if (name.size() < 2 || name.front() != '{' || name.back() != '}' ||
      name.find_first_of("\"\\ ") != name.npos)
    return std::nullopt;
  std::vector<std::string> names;
  for (size_t begin = 1; begin < name.size();) {
    const size_t end = name.find_first_of(",}", begin);
    names.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

// Nothing: it is not a column, or members of one by their names.
std::optional<Read> read_of(const Tree& node) {
  if (!node.is_object() || node.empty()) return std::nullopt;
  const Tree& body = body_of(node);
  if (type_of(node) == "ColumnRef") {
    const Tree& fields = get(body, "fields");
    const std::vector<std::string> names = strings(fields);
    Read read;
    if (names.size() < fields.size()) {
      read.column = "*";
      if (!names.empty()) read.table = names.back();
      return read;
    }
    if (names.size() > 1) read.table = names[names.size() - 2];
    read.column = names.back();
    return read;
  }
  std::optional<Read> read;
  std::optional<std::vector<std::string>> names;
  if (type_of(node) == "A_Expr") {
    const std::vector<std::string> operation = strings(get(body, "name"));
    const std::string name = operation.empty() ? "" : operation.back();
    const bool is_path = name.starts_with("#>");
    if (!is_path && name != "->" && name != "->>") return std::nullopt;
    read = read_of(get(body, "lexpr"));
    if (read) names = names_in(get(body, "rexpr"), is_path);
  } else if (type_of(node) == "A_Indirection") {
    read = read_of(get(body, "arg"));
    names.emplace();
    for (const Tree& index : get(body, "indirection")) {
      const auto name = names_in(get(body_of(index), "uidx"), false);
      if (!name) return std::nullopt;
      names->push_back(name->front());
    }
  }
  if (!read || !names) return std::nullopt;
  read->path.insert(read->path.end(), names->begin(), names->end());
  return read;
}

class ReadsFinder {
 public:
  Reads reads;

  void walk(const Tree& tree) {
    if (!tree.is_structured()) return;
    if (!tree.is_object() || tree.size() != 1) return walk_parts(tree);
    if (const auto read = read_of(tree)) {
      note_names(*read);
      reads.values.push_back(*read);
      return;
    }
    const std::string type = type_of(tree);
    const Tree& body = body_of(tree);
    if (type == "FuncCall" && name_of_call(body) == "jsonb_typeof") {
      for (const Tree& argument : get(body, "args")) walk_value(argument);
    } else if (type == "RangeFunction") {
      walk_items(get(body, "functions"));
    } else {
      walk_parts(tree);
    }
  }

 private:
  static std::string name_of_call(const Tree& body) {
    const std::vector<std::string> name = strings(get(body, "funcname"));
    return name.empty() ? "" : name.back();
  }
  void walk_parts(const Tree& tree) {
    for (const Tree& part : tree) walk(part);
  }
  void note_names(const Read& read) { reads.names.insert(read.path.begin(), read.path.end()); }

  void walk_items(const Tree& functions) {
    for (const Tree& list : functions) {
      for (const Tree& item : get(body_of(list), "items")) {
        if (type_of(item) != "FuncCall") {
          walk(item);
          continue;
        }
        bool is_first = true;
        for (const Tree& argument : get(body_of(item), "args")) {
          if (std::exchange(is_first, false)) walk_value(argument);
          else walk(argument);
        }
      }
    }
  }
  // What is taken apart, or looked at from outside.
  void walk_value(const Tree& node) {
    if (const auto read = read_of(node)) return note_names(*read);
    const std::string type = type_of(node);
    const Tree& body = body_of(node);
    if (type == "CaseExpr") {
      walk(get(body, "arg"));
      for (const Tree& when : get(body, "args")) {
        walk(get(body_of(when), "expr"));
        walk_value(get(body_of(when), "result"));
      }
      if (body.contains("defresult")) walk_value(get(body, "defresult"));
    } else if (type == "CoalesceExpr" ||
               (type == "FuncCall" && name_of_call(body).starts_with("jsonb_build_"))) {
      for (const Tree& argument : get(body, "args")) walk_value(argument);
    } else {
      walk(node);
    }
  }
};

}  // namespace

Reads reads_of(const Tree& select) {
  ReadsFinder finder;
  finder.walk(select);
  return std::move(finder.reads);
}

bool is_entered(const JsonNode* value, std::span<const Step> steps) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return value != step.element && is_within(step.element, value);
  });
}

void append_only(std::string& to, const JsonNode* node, std::span<const Step> steps,
                 const std::set<std::string>& names) {
  const auto is_cut_by = [&](const Step& step) {
    return is_entered(node, {&step, 1}) && is_within(node, step.container);
  };
  const auto is_on_the_way = [&](const JsonNode* value) {
    return std::any_of(steps.begin(), steps.end(),
                       [&](const Step& step) { return is_within(step.element, value); });
  };
  if (!is_entered(node, steps)) return append_json(to, node);
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
