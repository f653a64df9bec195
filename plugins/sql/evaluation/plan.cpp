#include "evaluation/plan.hpp"

#include "values/value_text.hpp"

namespace sql {
namespace {

bool is_operator(std::string_view name) {
  return name.find_first_not_of("+-*/<>=~!@#%^&|`?") == name.npos;
}

bool needs_no_quotes(Type type) {
  switch (type.base) {
    case Base::kBoolean:
    case Base::kSmallint:
    case Base::kInteger:
    case Base::kBigint:
    case Base::kReal:
    case Base::kDouble:
    case Base::kNumeric: return !type.is_array;
    default: return false;
  }
}

}  // namespace

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string all;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) all += separator;
    all += part;
  }
  return all;
}

std::string describe_value(const Vector& value, size_t row) {
  if (value.is_null(row)) return "NULL";
  std::string text;
  append_text(text, value.type, value.value(row));
  if (needs_no_quotes(value.type)) {
    if (value.type == Type(Base::kBoolean)) return text == "t" ? "true" : "false";
    return text;
  }
  std::string literal = "'";
  for (const char c : text) literal.append(c == '\'' ? 2 : 1, c);
  literal += '\'';
  const bool is_text = value.type == Type(Base::kText) || value.type == Type(Base::kUnknown);
  return is_text ? literal : literal + "::" + name_of(value.type);
}

std::string describe_call(std::string_view name, const std::vector<std::string>& arguments) {
  if (name == "ARRAY") return "ARRAY[" + joined(arguments, ", ") + "]";
  if (name == "[]") {
    std::string element = arguments[0];
    for (size_t i = 1; i < arguments.size(); ++i) element += "[" + arguments[i] + "]";
    return element;
  }
  if (!is_operator(name)) return std::string(name) + "(" + joined(arguments, ", ") + ")";
  if (arguments.size() == 1) return "(" + std::string(name) + " " + arguments[0] + ")";
  return "(" + joined(arguments, " " + std::string(name) + " ") + ")";
}

}  // namespace sql
