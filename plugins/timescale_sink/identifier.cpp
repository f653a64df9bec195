#include "identifier.hpp"

#include <algorithm>

namespace timescale_sink {
namespace {

// NAMEDATALEN - 1: PostgreSQL truncates longer names ("Identifiers and Key Words").
constexpr size_t kLongestName = 63;

}  // namespace

std::string fault_of_column(const std::string& name) {
  if (name.empty()) return "has no name; give it one with columns = [\"NAME=…\"]";
  if (name.size() <= kLongestName) return "";
  return "has a name longer than 63 bytes, which PostgreSQL would truncate; shorten it with "
         "columns = [\"NAME=…\"]";
}

std::string fault_of_table(const std::string& name) {
  if (std::count(name.begin(), name.end(), '.') > 1) {
    return "has more than two parts; write table or schema.table";
  }
  const size_t dot = name.find('.');
  const bool has_schema = dot != std::string::npos;
  const std::string schema = has_schema ? name.substr(0, dot) : "";
  const std::string table = has_schema ? name.substr(dot + 1) : name;
  if (table.empty() || (has_schema && schema.empty())) return "is not table or schema.table";
  if (std::max(schema.size(), table.size()) > kLongestName) {
    return "has a part longer than 63 bytes, PostgreSQL's limit";
  }
  return "";
}

std::string quoted_table(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '.') quoted += "\".\"";
    else if (c == '"') quoted += "\"\"";
    else quoted += c;
  }
  return quoted + '"';
}

std::string quoted_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += c;
    quoted += c;
  }
  return quoted + '"';
}

std::string dollar_quoted(const std::string& body) {
  std::string tag = "$p$";
  while (body.find(tag) != std::string::npos) tag.insert(1, "p");
  return tag + body + tag;
}

// With backslashes an E string, which does not depend on standard_conforming_strings (PostgreSQL
// "String Constants with C-Style Escapes").
std::string literal(const std::string& text) {
  std::string quoted = text.find('\\') == std::string::npos ? "'" : "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace timescale_sink
