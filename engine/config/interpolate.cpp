#include "config/interpolate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "config/file_text.hpp"

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

// Of a file or a default inside of a default inside of …; more is no one's intention.
constexpr int kMostDepth = 32;
constexpr size_t kMostFileBytes = 1 << 20;

Interpolated read_file(const std::string& path) {
  auto [text, error] = read_file_text(path, kMostFileBytes);
  if (!error.empty()) return {"", fmt::format("cannot read {}: {}", path, error)};
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
Interpolated interpolate_at(std::string_view text, const Lookup& lookup, int depth);

Interpolated resolve_credential(std::string_view reference, const Lookup& lookup, int depth) {
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
    return interpolate_at(reference.substr(separator + 2), lookup, depth + 1);
  }
  return {"",
          fmt::format("there is no credential \"{}\"; name it in the unit with LoadCredential=, "
                      "or give a default: ${{credential:{}:-default}}",
                      name, name)};
}

Interpolated resolve(std::string_view reference, const Lookup& lookup, int depth) {
  if (reference.starts_with("file:")) {
    Interpolated path = interpolate_at(reference.substr(5), lookup, depth + 1);
    return path.error.empty() ? read_file(path.text) : path;
  }
  if (reference.starts_with("credential:")) {
    return resolve_credential(reference.substr(11), lookup, depth);
  }
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
  return interpolate_at(reference.substr(separator + 2), lookup, depth + 1);
}

Interpolated interpolate_at(std::string_view text, const Lookup& lookup, int depth) {
  if (depth > kMostDepth) return {"", "references are nested deeper than 32"};
  std::string result;
  size_t at = 0;
  while (at < text.size()) {
    const size_t start = text.find("${", at);
    result += text.substr(at, start - at);
    if (start == std::string_view::npos) break;
    const std::optional<size_t> end = closing_brace(text, start + 2);
    if (!end) return {"", fmt::format("\"{}\" has no closing }}", text.substr(start))};
    Interpolated value = resolve(text.substr(start + 2, *end - start - 2), lookup, depth);
    if (!value.error.empty()) return value;
    result += value.text;
    at = *end + 1;
  }
  return {result, ""};
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
  return interpolate_at(text, lookup, 0);
}

}  // namespace penstock::engine
