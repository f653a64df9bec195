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
  if (!has_scheme && (word.substr(0, last).find(':') == std::string_view::npos || word[0] == '/')) {
    return std::string(word);  // no password, or a path
  }
  const std::string kept(has_scheme ? word.substr(0, scheme + kScheme.size()) : "");
  return kept + kMask + std::string(word.substr(last));
}

}  // namespace

bool sounds_secret(std::string_view name) {
  std::string upper;
  for (const char c : name) {
    upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  const auto is_name = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  while (!upper.empty() && !is_name(static_cast<unsigned char>(upper.back()))) upper.pop_back();
  // Folders: the shell's, and the one that systemd keeps credentials in.
  for (const char* folder : {"PWD", "OLDPWD", "CREDENTIALS_DIRECTORY"}) {
    if (upper == folder) return false;
  }
  for (const char* word : {"PASS", "PASW", "PWD", "SECRET", "TOKEN", "CRED"}) {
    if (upper.find(word) != std::string::npos) return true;
  }
  return upper.ends_with("KEY");
}

std::string without_login(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \t\r\n\"'"), text.size());
    result += word_without_login(text.substr(0, end));
    result += text.substr(end, 1);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace penstock::engine
