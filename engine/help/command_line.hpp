// What else is made from the definition of the command line: the manual page, the reference
// page, the shell completion, and what is said of a mistyped word.
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

// What is wrong with words of the command line that nothing takes, with "did you mean"; "" when
// there are none.
std::string explain_mistyped(const CLI::App& app);

// What else is wrong, as CLI11 says it, with the command's name and an example.
std::string explain_wrong(const CLI::App& app, const std::string& what);

}  // namespace penstock::engine
