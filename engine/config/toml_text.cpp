#include "config/toml_text.hpp"

#include <algorithm>

namespace penstock::engine {

size_t end_of_quoted(std::string_view text, size_t at) {
  const char c = text[at];
  if (c == '#') return std::min(text.find('\n', at), text.size());
  if (c != '"' && c != '\'') return at;
  const std::string_view three = text.substr(at, 3);
  const bool multiline = three == "\"\"\"" || three == "'''";
  const std::string_view quote = text.substr(at, multiline ? 3 : 1);
  for (size_t end = at + quote.size(); end < text.size(); ++end) {
    if (c == '"' && text[end] == '\\') {
      if (end + 1 < text.size() && text[end + 1] != '\n') ++end;
    } else if (text.substr(end, quote.size()) == quote) {
      return end + quote.size();
    } else if (!multiline && text[end] == '\n') {
      return end;
    }
  }
  return text.size();
}

}  // namespace penstock::engine
