// Where a byte of a string's value stands in the pipeline file.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>

#include "config/problems.hpp"

namespace penstock::engine {

// `value`: a string as the file has it; `text`: what it came to. Nothing if that is something else
// than what is written, such as the value of a variable.
std::optional<Location> place_in_value(const std::string& source, const toml::node& value,
                                       std::string_view text, size_t byte);

}  // namespace penstock::engine
