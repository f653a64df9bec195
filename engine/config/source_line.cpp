#include "config/source_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "config/secrets.hpp"
#include "config/toml_text.hpp"

namespace penstock::engine {
namespace {

constexpr auto kNone = std::string::npos;

bool in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

size_t skip(const std::string& line, size_t at, const char* what) {
  return std::min(line.find_first_not_of(what, at), line.size());
}

// What a line begins in.
struct Inside {
  bool text = false;    // a string of several lines
  unsigned opened = 0;  // a list or a table that was opened in this line
};

// Of a file that is no TOML it may be too much, not too little.
Inside inside_of(const std::string& source, unsigned line) {
  unsigned at_line = 1, opened = 0;
  int depth = 0;
  for (size_t at = 0; at < source.size() && at_line < line;) {
    const char c = source[at];
    if (const size_t end = end_of_quoted(source, at); end != at) {
      at_line += static_cast<unsigned>(std::count(&source[at], &source[0] + end, '\n'));
      if (at_line >= line) return {true, depth > 0 ? opened : 0};
      at = end;
      continue;
    }
    if (c == '\n') ++at_line;
    if ((c == '[' || c == '{') && depth++ == 0) opened = at_line;
    if ((c == ']' || c == '}') && depth > 0) --depth;
    ++at;
  }
  return {false, depth > 0 ? opened : 0};
}

std::string line_of(const std::string& source, unsigned line) {
  std::istringstream lines(source);
  std::string text;
  for (unsigned i = 0; i < line; ++i) {
    if (!std::getline(lines, text)) return "";
  }
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// For each byte whether it lies in a string that is a value, so that names in it are no options.
std::vector<bool> in_values(const std::string& line) {
  std::vector<bool> in(line.size(), false);
  char quote = 0;
  bool behind_equals = false, is_value = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote) {
      in[i] = is_value;
      if (c == '\\' && quote == '"' && i + 1 < line.size()) in[++i] = is_value;
      else if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
      is_value = behind_equals;
    } else if (c == '=') {
      behind_equals = true;
    }
  }
  return in;
}

// Whether a word is the name in a ${…}, which is not a secret itself.
bool is_name_of_reference(const std::string& line, size_t begin, size_t end) {
  const auto at = [&](size_t place, std::string_view what) {
    return line.compare(place, what.size(), what) == 0;
  };
  constexpr std::string_view kCredential = "${credential:";
  if (begin >= 2 && at(begin - 2, kCredential)) return true;
  const bool named = begin >= kCredential.size() && at(begin - kCredential.size(), kCredential);
  return (named || (begin >= 2 && at(begin - 2, "${"))) && (at(end, "}") || at(end, ":-"));
}

// Where the value of a secret begins: behind its name, and what separates the two.
size_t secret_value(const std::string& line) {
  const std::vector<bool> in_value = in_values(line);
  for (size_t begin = 0; begin < line.size(); ++begin) {
    if (!in_name(line[begin])) continue;
    size_t end = begin;
    while (end < line.size() && in_name(line[end])) ++end;
    const std::string name = line.substr(begin, end - begin);
    if (sounds_secret(name) && !is_name_of_reference(line, begin, end)) {
      const size_t separator = skip(line, skip(line, end, "\"'"), " \t");
      const bool separated = line[separator] == '=' || line[separator] == ':';
      if (separated) return separator + 1;
      const bool refers = begin >= 2 && line.compare(begin - 2, 2, "${") == 0;
      if (!in_value[begin] || refers) return end;
    }
    begin = end;
  }
  // `pass word = `, `"db pass" x = `: anything before an = that sounds so.
  size_t from = 0;
  for (size_t equals; (equals = line.find('=', from)) != kNone; from = equals + 1) {
    if (sounds_secret(line.substr(from, equals - from))) return equals + 1;
  }
  return kNone;
}

std::string line_without_login(const std::string& line) {
  const size_t key_end = skip(line, 0,
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "_-. \t");
  size_t value = key_end < line.size() && line[key_end] == '=' ? key_end + 1 : 0;
  value = skip(line, value, " \t[");
  if (value < line.size() && (line[value] == '"' || line[value] == '\'')) ++value;
  return line.substr(0, value) + value_without_login(std::string_view(line).substr(value));
}

// Of the value only what it refers to is left.
std::string without_value(const std::string& line, size_t value) {
  const size_t begin = line.find('"', value), end = line.rfind('"');
  const bool is_text = begin != kNone && end > begin;
  const std::string text = is_text ? line.substr(begin + 1, end - begin - 1) : "";
  const bool refers = line[value - 1] == '=' && text.find("${") != kNone;
  return fmt::format("{} {}", line_without_login(line.substr(0, value)),
                     refers ? fmt::format("\"{}\"", without_literals(text)) : kMask);
}

}  // namespace

ShownLine shown_line(const std::string& source, unsigned line, const Lookup& lookup,
                     LineTraits traits) {
  const std::string text = line_of(source, line);
  if (text.empty()) return {};
  const Inside inside = inside_of(source, line);
  if (inside.text && !traits.in_text) return {kMask, true};
  const bool in_secret = inside.opened && secret_value(line_of(source, inside.opened)) != kNone;
  if (in_secret) return {kMask, true};
  const std::string known = without_secret_defaults(text, lookup);
  const size_t value = secret_value(known);
  if (value != kNone) return {without_value(known, value), true};
  if (!traits.hidden) return {line_without_login(known), false};
  const size_t equals = known.find('=');
  return {equals == kNone ? kMask : without_value(known, equals + 1), true};
}

Lookup knowing_secrets_of(const std::string& source, Lookup lookup) {
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    const size_t value = secret_value(line);
    if (value == kNone) continue;
    for (const std::string& name : variables_in(line.substr(value))) lookup.add_secret(name);
  }
  return lookup;
}

std::string without_quotes_of_line(const std::string& error) {
  constexpr std::string_view kExpected = "expected '";
  size_t begin = error.find('\'');
  if (const size_t expected = error.find(kExpected); expected != kNone) {
    const size_t end = error.find('\'', expected + kExpected.size());
    begin = error.find('\'', end == kNone ? end : end + 1);
  }
  const size_t end = error.rfind('\'');
  if (begin == kNone || error.find("cannot redefine") != kNone) return error;
  return fmt::format("{}'{}'{}", error.substr(0, begin), kMask,
                     error.substr(std::max(begin, end) + 1));
}

}  // namespace penstock::engine
