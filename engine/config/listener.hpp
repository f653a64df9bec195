// What is checked of [http] beyond its options' own ranges.
#pragma once

#include <toml++/toml.h>

#include <string>

#include "config/engine_options.hpp"
#include "config/problems.hpp"

namespace penstock::engine {

// The contents of the files.
struct TlsFiles {
  std::string certificate, key;
};
// Leaves `files` empty without TLS. False: `error` says what is wrong.
bool read_tls_files(const HttpOptions& options, TlsFiles& files, std::string& error);

void check_listener(const toml::table& root, const HttpOptions& options, Problems& problems);
void warn_of_listener(const toml::table& root, const HttpOptions& options, Problems& problems);

// A secret as the file has it, or nullptr: whether it stands there for all to read.
void warn_of_plain_secret(const toml::node* value, const std::string& option, Problems& problems);

}  // namespace penstock::engine
