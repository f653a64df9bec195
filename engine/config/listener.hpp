// What is checked of [http] beyond its options' own ranges.
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/engine_options.hpp"
#include "config/problems.hpp"

namespace penstock::engine {

void check_listener(const toml::table& root, const HttpOptions& options, Problems& problems);
// Tries what only this machine, now, can tell: that its addresses are free.
void try_listener(const toml::table& root, const HttpOptions& options, Problems& problems);
void warn_of_listener(const toml::table& root, const HttpOptions& options, Problems& problems);

// A secret as the file has it, or nullptr: whether it stands there for all to read.
void warn_of_plain_secret(const toml::node* value, const std::string& option, Problems& problems);

}  // namespace penstock::engine
