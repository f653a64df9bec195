#include <fmt/format.h>

#include "describe/reference.hpp"
#include "help/command_line.hpp"

namespace penstock::engine {
namespace {

std::string options(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name() == "--help") continue;
    const bool positional = option->get_positional();
    const std::string type = positional ? "" : option->get_type_name();
    text += fmt::format("| `{}{}` | {} |\n", option->get_name(positional),
                        type.empty() ? "" : " " + type, table_cell(option->get_description()));
  }
  return text;
}

constexpr const char* kHead = "\n| | |\n| --- | --- |\n";

}  // namespace

std::string command_reference(const CLI::App& app) {
  std::string page =
      "# Commands\n\n<!-- Made by `penstock generate reference`; not to be edited. -->\n\n"
      "`penstock [OPTIONS] COMMAND …`, of every command:\n" +
      std::string(kHead) + options(app);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string example = command->get_footer();
    page += fmt::format("\n## penstock {}\n\n{}.\n\n```sh\n{}\n```\n{}{}", command->get_name(),
                        command->get_description(), example.substr(example.find(": ") + 2), kHead,
                        options(*command));
  }
  return page;
}

}  // namespace penstock::engine
