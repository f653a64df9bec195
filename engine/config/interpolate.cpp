#include "config/interpolate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace penstock::engine {
namespace {

// The index of the `}` that closes the reference whose text begins at `begin`.
std::optional<size_t> closing_brace(std::string_view text, size_t begin) {
  int depth = 1;
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '{' && i > 0 && text[i - 1] == '$') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::nullopt;
}

Interpolated read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {"", fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  std::ostringstream content;
  content << file.rdbuf();
  std::string text = content.str();
  // Secrets are usually written with a final newline that is not part of them.
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return {text, ""};
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

// systemd.exec(5), LoadCredential=: a file in $CREDENTIALS_DIRECTORY, which only the service reads.
Interpolated resolve_credential(std::string_view reference, const Lookup& lookup) {
  const size_t separator = reference.find(":-");
  const std::string name(reference.substr(0, separator));
  if (name.empty() || name.find('/') != std::string::npos || name[0] == '.') {
    return {"", fmt::format("\"{}\" is not the name of a credential; write ${{credential:name}} "
                            "with the name from LoadCredential=",
                            name)};
  }
  const std::optional<std::string> folder = lookup("CREDENTIALS_DIRECTORY");
  const std::string path = folder ? *folder + "/" + name : "";
  if (folder && access(path.c_str(), F_OK) == 0) return read_file(path);
  if (separator != std::string_view::npos) {
    return interpolate(reference.substr(separator + 2), lookup);
  }
  return {"",
          fmt::format("there is no credential \"{}\"; name it in the unit with LoadCredential=, "
                      "or give a default: ${{credential:{}:-default}}",
                      name, name)};
}

Interpolated resolve(std::string_view reference, const Lookup& lookup) {
  if (reference.starts_with("file:")) {
    Interpolated path = interpolate(reference.substr(5), lookup);
    return path.error.empty() ? read_file(path.text) : path;
  }
  if (reference.starts_with("credential:")) return resolve_credential(reference.substr(11), lookup);
  const size_t separator = reference.find(":-");
  const std::string name(reference.substr(0, separator));
  if (!is_variable_name(name)) {
    return {"", fmt::format("\"${{{}}}\" is not a reference; write ${{NAME}}, ${{NAME:-default}}, "
                            "${{file:/path}} or ${{credential:name}}",
                            reference)};
  }
  const std::optional<std::string> value = lookup(name);
  if (separator == std::string_view::npos) {
    if (value) return {*value, ""};
    return {"", fmt::format("the environment variable {} is not set; set it, or give a default: "
                            "${{{}:-default}}",
                            name, name)};
  }
  if (value && !value->empty()) return {*value, ""};
  return interpolate(reference.substr(separator + 2), lookup);
}

}  // namespace

std::optional<std::string> environment(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  if (name != "HOSTNAME") return std::nullopt;
  char host[HOST_NAME_MAX + 1] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) return std::nullopt;
  return host;
}

Interpolated interpolate(std::string_view text, const Lookup& lookup) {
  std::string result;
  size_t at = 0;
  while (at < text.size()) {
    const size_t start = text.find("${", at);
    result += text.substr(at, start - at);
    if (start == std::string_view::npos) break;
    const std::optional<size_t> end = closing_brace(text, start + 2);
    if (!end) return {"", fmt::format("\"{}\" has no closing }}", text.substr(start))};
    Interpolated value = resolve(text.substr(start + 2, *end - start - 2), lookup);
    if (!value.error.empty()) return value;
    result += value.text;
    at = *end + 1;
  }
  return {result, ""};
}

}  // namespace penstock::engine
