#include "config/key_depth.hpp"

#include <algorithm>

#include "config/toml_text.hpp"

namespace penstock::engine {
namespace {

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
