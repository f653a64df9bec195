#include "config/key_depth.hpp"

#include <algorithm>

namespace penstock::engine {
namespace {

// The end of the string or comment that begins at `at`; `at` itself where none begins.
size_t end_of_quoted(std::string_view text, size_t at) {
  const char c = text[at];
  if (c == '#') return std::min(text.find('\n', at), text.size());
  if (c != '"' && c != '\'') return at;
  const std::string_view three = text.substr(at, 3);
  const bool is_long = three == "\"\"\"" || three == "'''";
  const std::string_view quote = is_long ? three : text.substr(at, 1);
  for (size_t end = at + quote.size(); end < text.size(); ++end) {
    if (c == '"' && text[end] == '\\') ++end;
    else if (text.substr(end, quote.size()) == quote) return end + quote.size();
    else if (!is_long && text[end] == '\n') return end;
  }
  return text.size();
}

KeyPlace place_of(std::string_view text, size_t at) {
  const std::string_view before = text.substr(0, at);
  const size_t line = before.rfind('\n');
  return {static_cast<unsigned>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<unsigned>(at - (line == before.npos ? 0 : line + 1) + 1)};
}

}  // namespace

std::optional<KeyPlace> too_deep_key(std::string_view text) {
  constexpr std::string_view kEnds = "=,{}[]\r\n";
  size_t begin = 0, parts = 1;
  for (size_t at = 0; at < text.size();) {
    if (const size_t end = end_of_quoted(text, at); end != at) {
      at = end;
      continue;
    }
    if (kEnds.find(text[at]) != kEnds.npos) {
      begin = at + 1;
      parts = 1;
    } else if (text[at] == '.' && ++parts > kMostKeyParts) {
      return place_of(text, begin);
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace penstock::engine
