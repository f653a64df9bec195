#include "config/interpolate.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <cstdlib>

#include "config/file_text.hpp"
#include "config/secrets.hpp"

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

Interpolated failed(const std::string& error) { return {"", error, "", {}, error, {}}; }

// `of_secret` has nothing of the value in it.
Interpolated failed(std::string error, std::string of_secret) {
  return {"", std::move(error), "", {}, std::move(of_secret), {}};
}

void hide(Interpolated& value) {
  if (value.text.empty()) return;
  value.shown = kMask;
  value.secrets = {value.text};
}

Interpolated found(const std::string& text, ValueOrigin origin, bool secret) {
  Interpolated value{text, "", text, {std::move(origin)}, "", {}};
  if (secret) hide(value);
  return value;
}

Interpolated read_file(const std::string& path, const std::string& shown_path, ValueOrigin origin) {
  auto text = read_file_text(path, kMostFileBytes);
  if (!text) return failed(fmt::format("cannot read {}: {}", shown_path, text.error()));
  // Secrets are usually written with a final newline that is not part of them.
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  return found(*text, std::move(origin), true);
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
  }
  return true;
}

Interpolated interpolate_at(std::string_view text, const Lookup& lookup, int depth);

bool is_secret_reference(std::string_view name, const Lookup& lookup) {
  return name.starts_with("credential:") || lookup.is_secret(std::string(name));
}

// What stands behind the `:-` of a reference to `name`.
Interpolated take_default(std::string_view text, const std::string& name, const Lookup& lookup,
                          int depth) {
  Interpolated value = interpolate_at(text, lookup, depth + 1);
  if (value.error.empty() && value.origins.empty()) value.origins = {{ValueOrigin::kDefault, name}};
  if (is_secret_reference(name, lookup)) hide(value);
  return value;
}

// What is no reference, as an error may have it: behind a secret's name may be its default.
std::string quotable(std::string_view reference, const Lookup& lookup) {
  const auto is_name = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
  const auto end = std::find_if_not(reference.begin(), reference.end(), is_name);
  const std::string name(reference.begin(), end);
  if (end != reference.end() && lookup.is_secret(name)) return name + kMask;
  return value_without_login(reference);
}

// systemd.exec(5), LoadCredential=: a file in $CREDENTIALS_DIRECTORY, which only the service reads.
Interpolated resolve_credential(std::string_view reference, const Lookup& lookup, int depth) {
  const size_t separator = reference.find(":-");
  const std::string name(reference.substr(0, separator));
  if (name.empty() || name.find('/') != std::string::npos || name[0] == '.') {
    return failed(
        fmt::format("\"{}\" is not the name of a credential; write ${{credential:name}} "
                    "with the name from LoadCredential=",
                    name),
        "the value contains a ${credential:…} with something that is not the name of a credential; "
        "write the name from LoadCredential=");
  }
  const std::optional<std::string> folder = lookup("CREDENTIALS_DIRECTORY");
  const std::string path = folder ? *folder + "/" + name : "";
  if (folder && access(path.c_str(), F_OK) == 0) {
    return read_file(path, path, {ValueOrigin::kCredential, name});
  }
  if (separator != std::string_view::npos) {
    return take_default(reference.substr(separator + 2), "credential:" + name, lookup, depth);
  }
  return failed(
      fmt::format("there is no credential \"{}\"; name it in the unit with LoadCredential=, "
                  "or give a default: ${{credential:{}:-default}}",
                  name, name));
}

Interpolated resolve_file(std::string_view reference, const Lookup& lookup, int depth) {
  Interpolated path = interpolate_at(reference, lookup, depth + 1);
  if (!path.error.empty()) return path;
  return read_file(path.text, path.shown, {ValueOrigin::kFile, path.shown});
}

Interpolated resolve(std::string_view reference, const Lookup& lookup, int depth) {
  if (reference.starts_with("file:")) return resolve_file(reference.substr(5), lookup, depth);
  if (reference.starts_with("credential:")) {
    return resolve_credential(reference.substr(11), lookup, depth);
  }
  const size_t separator = reference.find(":-");
  const std::string name(reference.substr(0, separator));
  if (!is_variable_name(name)) {
    return failed(
        fmt::format("\"${{{}}}\" is not a reference; write ${{NAME}}, "
                    "${{NAME:-default}}, ${{file:/path}} or ${{credential:name}}",
                    quotable(reference, lookup)),
        "the value contains a ${…} that is not a reference; write ${NAME}, ${NAME:-default}, "
        "${file:/path} or ${credential:name}");
  }
  const std::optional<std::string> value = lookup(name);
  const bool has_default = separator != std::string_view::npos;
  if (value && (!has_default || !value->empty())) {
    return found(*value, {ValueOrigin::kVariable, name}, lookup.is_secret(name));
  }
  if (has_default) return take_default(reference.substr(separator + 2), name, lookup, depth);
  return failed(
      fmt::format("the environment variable {} is not set; set it, or give a default: "
                  "${{{}:-default}}",
                  name, name));
}

Interpolated interpolate_at(std::string_view text, const Lookup& lookup, int depth) {
  if (depth > kMostDepth) return failed("references are nested deeper than 32");
  Interpolated result;
  size_t at = 0;
  while (at < text.size()) {
    const size_t start = text.find("${", at);
    result.text += text.substr(at, start - at);
    result.shown += text.substr(at, start - at);
    if (start == std::string_view::npos) break;
    const std::optional<size_t> end = closing_brace(text, start + 2);
    if (!end) {
      return failed(
          fmt::format("\"${{{}\" has no closing }}", quotable(text.substr(start + 2), lookup)),
          "the value contains ${ without a closing }");
    }
    Interpolated value = resolve(text.substr(start + 2, *end - start - 2), lookup, depth);
    if (!value.error.empty()) return value;
    result.text += value.text;
    result.shown += value.shown;
    result.secrets.insert(result.secrets.end(), value.secrets.begin(), value.secrets.end());
    add_origins(result.origins, std::move(value.origins));
    at = *end + 1;
  }
  return result;
}

// Calls `literal` and `reference` for the pieces of a text; a reference comes without its ${ and }.
void for_each_piece(std::string_view text, const std::function<void(std::string_view)>& literal,
                    const std::function<void(std::string_view)>& reference) {
  for (size_t at = 0; at < text.size();) {
    const size_t start = text.find("${", at);
    const std::optional<size_t> end =
        start == std::string_view::npos ? std::nullopt : closing_brace(text, start + 2);
    if (!end) return literal(text.substr(at));
    if (start > at) literal(text.substr(at, start - at));
    reference(text.substr(start + 2, *end - start - 2));
    at = *end + 1;
  }
}

// The name of a reference, with its kind, and its default.
std::pair<std::string_view, std::optional<std::string_view>> split(std::string_view reference) {
  const size_t separator = reference.find(":-");
  const bool is_file = reference.starts_with("file:");  // which has none
  if (is_file || separator == std::string_view::npos) return {reference, std::nullopt};
  return {reference.substr(0, separator), reference.substr(separator + 2)};
}

std::string describe(const ValueOrigin& origin) {
  switch (origin.kind) {
    case ValueOrigin::kVariable: return "the environment variable " + origin.name;
    case ValueOrigin::kDefault: return "the default for " + origin.name;
    case ValueOrigin::kFile: return "the file " + origin.name;
    default: return "the credential " + origin.name;
  }
}

}  // namespace

bool Lookup::is_secret(const std::string& name) const {
  return secrets_.contains(name) || sounds_secret(name);
}

std::optional<std::string> environment(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  if (name != "HOSTNAME") return std::nullopt;
  char host[HOST_NAME_MAX + 1] = {};
  if (gethostname(host, sizeof(host) - 1) != 0) return std::nullopt;
  return host;
}

Interpolated interpolate(std::string_view text, const Lookup& lookup) {
  Interpolated value = interpolate_at(text, lookup, 0);
  value.shown = value_without_login(value.shown);
  return value;
}

void add_origins(std::vector<ValueOrigin>& to, std::vector<ValueOrigin> more) {
  for (ValueOrigin& origin : more) {
    if (std::count(to.begin(), to.end(), origin) == 0) to.push_back(std::move(origin));
  }
}

std::string describe_origins(const std::vector<ValueOrigin>& origins) {
  std::string text;
  for (const ValueOrigin& origin : origins)
    text += (text.empty() ? "" : " and ") + describe(origin);
  return text;
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view reference) {
    const auto [name, its_default] = split(reference);
    if (is_variable_name(name)) names.emplace_back(name);
    if (!its_default) return;
    for (std::string& inner : variables_in(*its_default)) names.push_back(std::move(inner));
  };
  for_each_piece(
      text, [](std::string_view) {}, add);
  return names;
}

std::string without_literals(std::string_view text) {
  std::string result;
  const auto mask = [&](std::string_view) { result += kMask; };
  const auto keep = [&](std::string_view reference) {
    const auto [name, its_default] = split(reference);
    const bool refers =
        is_variable_name(name) || name.starts_with("file:") || name.starts_with("credential:");
    if (!refers) {
      result += kMask;
      return;
    }
    result += fmt::format("${{{}{}{}}}", name, its_default ? ":-" : "",
                          its_default ? without_literals(*its_default) : "");
  };
  for_each_piece(text, mask, keep);
  return result;
}

std::string without_secret_defaults(std::string_view text, const Lookup& lookup) {
  std::string result;
  const auto literal = [&](std::string_view piece) { result += piece; };
  const auto reference = [&](std::string_view piece) {
    const auto [name, its_default] = split(piece);
    result += fmt::format("${{{}", name);
    if (its_default) {
      result += ":-";
      result += is_secret_reference(name, lookup) ? without_literals(*its_default)
                                                  : without_secret_defaults(*its_default, lookup);
    }
    result += "}";
  };
  for_each_piece(text, literal, reference);
  return result;
}

std::string shown_reference(std::string_view text, const Lookup& lookup) {
  return value_without_login(without_secret_defaults(text, lookup));
}

}  // namespace penstock::engine
