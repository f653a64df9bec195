#include "identifier.hpp"

namespace timescale_sink {

std::string quoted_table(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '.') quoted += "\".\"";
    else if (c == '"') quoted += "\"\"";
    else quoted += c;
  }
  return quoted + '"';
}

std::string literal(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace timescale_sink
