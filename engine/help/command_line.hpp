// The manual page, the reference page and the shell completion, made from the definition of the
// command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace penstock::engine {

// penstock(1), in the man macros of man(7).
std::string manual_page(const CLI::App& app, const std::string& version);

// docs/reference/commands.md.
std::string command_reference(const CLI::App& app);

// A completion for bash: commands, options, the choices of options; files elsewhere.
std::string bash_completion(const CLI::App& app);

}  // namespace penstock::engine
