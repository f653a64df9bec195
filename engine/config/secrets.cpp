#include "config/secrets.hpp"

#include <algorithm>
#include <cctype>

namespace penstock::engine {
namespace {

// A scheme has no colon in it; that of a default, ${X:-tcp://host}, stands before it.
bool ends_with_scheme(std::string_view text) {
  for (size_t at = 0; (at = text.find(':', at)) != std::string_view::npos; ++at) {
    if (text.substr(at, 2) != ":-") return false;
  }
  return true;
}

std::string word_without_login(std::string_view word) {
  constexpr std::string_view kScheme = "://";
  const size_t first = word.find('@'), last = word.rfind('@');
  if (first == std::string_view::npos) return std::string(word);
  const size_t scheme = word.find(kScheme);
  const bool has_scheme = scheme < first && ends_with_scheme(word.substr(0, scheme));
  const bool is_path =
      word[0] == '/' && !word.starts_with("//") && scheme == std::string_view::npos;
  if (!has_scheme && (word.substr(0, last).find(':') == std::string_view::npos || is_path)) {
    return std::string(word);  // no password, or a path
  }
  const std::string kept(has_scheme ? word.substr(0, scheme + kScheme.size()) : "");
  return kept + kMask + std::string(word.substr(last));
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

size_t skip_blanks(std::string_view text, size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// Where the value of a connection string's parameter ends; in one, \ goes before a quote or a
// blank. `ends`: what ends one without quotes.
size_t end_of_parameter(std::string_view text, size_t at, std::string_view ends) {
  const bool quoted = at < text.size() && text[at] == '\'';
  for (size_t i = at + (quoted ? 1 : 0); i < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    else if (quoted && text[i] == '\'') return i + 1;
    else if (!quoted && ends.find(text[i]) != std::string_view::npos) return i;
  }
  return text.size();
}

// Without the values of password=… and its like. `blanks`: also around the =.
std::string without_parameters(std::string_view text, bool blanks, std::string_view ends) {
  std::string result;
  size_t shown = 0;
  for (size_t at = 0; (at = text.find('=', at)) != std::string_view::npos; ++at) {
    size_t end = at;
    while (blanks && end > shown && std::isspace(static_cast<unsigned char>(text[end - 1]))) --end;
    size_t begin = end;
    while (begin > shown && is_name(text[begin - 1])) --begin;
    if (begin == end || !sounds_secret(text.substr(begin, end - begin))) continue;
    const size_t value = blanks ? skip_blanks(text, at + 1) : at + 1;
    const size_t after = end_of_parameter(text, value, ends);
    const std::string_view its = text.substr(value, after - value);
    if (its.empty() || (its.starts_with("${") && its.find(":-") == std::string_view::npos))
      continue;
    result += std::string(text.substr(shown, value - shown)) + kMask;
    shown = after;
    at = after - 1;
  }
  return result + std::string(text.substr(shown));
}

}  // namespace

bool sounds_secret(std::string_view name) {
  std::string upper;
  for (const char c : name) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  while (!upper.empty() && !is_name(upper.back())) upper.pop_back();
  // Folders: the shell's, and the one that systemd keeps credentials in.
  for (const char* folder : {"PWD", "OLDPWD", "CREDENTIALS_DIRECTORY"}) {
    if (upper == folder) return false;
  }
  for (const char* word : {"PASS", "PASW", "PWD", "SECRET", "TOKEN", "CRED"}) {
    if (upper.find(word) != std::string::npos) return true;
  }
  return upper.ends_with("KEY") || upper.ends_with("PW");
}

std::string without_login(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \t\r\n\"'"), text.size());
    result += word_without_login(text.substr(0, end));
    result += text.substr(end, 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return without_parameters(result, false, " \t\r\n\"");
}

std::string value_without_login(std::string_view value) {
  const bool is_url = value.find('?') != std::string_view::npos;
  return without_parameters(word_without_login(value), true, is_url ? " \t\r\n&" : " \t\r\n");
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  if (from.empty()) return;
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

std::string Masks::redacted(std::string text) const {
  for (const auto& [from, to] : pairs_) replace_all(text, from, to);
  return without_login(text);
}

}  // namespace penstock::engine
