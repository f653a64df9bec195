// ${NAME}, ${NAME:-default} and ${file:/path} inside the strings of a pipeline file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::engine {

using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

// The environment, and HOSTNAME from gethostname where the environment has none.
std::optional<std::string> environment(const std::string& name);

struct Interpolated {
  std::string text;
  std::string error;  // empty: well
};

// Replaces what `text` refers to. Defaults may hold references themselves, and are used
// when the variable is unset or empty, as in a shell. A `$` that no `{` follows stays.
// Replaced text is not looked at again, so a value cannot refer to anything.
Interpolated interpolate(std::string_view text, const Lookup& lookup);

}  // namespace penstock::engine
