#include "values/similar.hpp"

#include <string>

#include "values/utf8.hpp"

namespace sql {
namespace {

// What a character means that is neither escaped nor in brackets.
void append_similar(std::string& to, Text character) {
  switch (character[0]) {
    case '%': to += ".*"; break;
    case '_': to += '.'; break;
    case '(': to += "(?:"; break;
    case '\\':
    case '.':
    case '^':
    case '$': to += '\\'; [[fallthrough]];
    default: to += character;
  }
}

}  // namespace

Text regexp_of_similar(Run& run, Text pattern, Text escape) {
  if (count_characters(escape) > 1) {
    run.fail("22025", "invalid escape string");
    return {};
  }
  std::string result = "^(?:";
  int quotes = 0;
  bool is_escaped = false, is_in_brackets = false;
  for (size_t at = 0; at < pattern.size();) {
    const Text character = pattern.substr(at, bytes_of_character(pattern[at]));
    at += character.size();
    if (is_escaped) {
      is_escaped = false;
      if (character != "\"" || is_in_brackets) {
        result += '\\';
        result += character;
        continue;
      }
      // Three parts, of which substring gives the second.
      if (++quotes > 2) {
        run.fail("2200C",
                 "SQL regular expression may not contain more than two escape-double-quote "
                 "separators");
        return {};
      }
      result += quotes == 1 ? "){1,1}?(" : "){1,1}(?:";
    } else if (character == escape) {
      is_escaped = true;
    } else if (is_in_brackets) {
      if (character == "\\") result += '\\';
      result += character;
      is_in_brackets = character != "]";
    } else {
      append_similar(result, character);
      is_in_brackets = character == "[";
    }
  }
  result += ")$";
  return run.arena().copy(result);
}

}  // namespace sql
