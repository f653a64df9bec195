#include <fmt/format.h>

#include <regex>
#include <vector>

#include "help/command_line.hpp"

namespace penstock::engine {
namespace {

std::vector<const CLI::App*> commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string long_names(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names += " --" + name;
  }
  return names;
}

// The type of an option that names a plugin, and what completes it.
constexpr const char* kPlugin = "PLUGIN";
constexpr const char* kNamePlugins =
    "COMPREPLY=($(compgen -W \"$(penstock plugins 2>/dev/null | cut -d' ' -f1)\" -- \"$word\"))";

// `TEXT:{a,b}` is how CLI11 writes the choices of an option.
std::string choices(const CLI::App& app) {
  static const std::regex in_braces("\\{([^}]*)\\}");
  std::string cases;
  for (const CLI::Option* option : app.get_options()) {
    std::smatch match;
    const std::string type = option->get_type_name();
    if (type == kPlugin && !option->get_lnames().empty()) {
      cases += fmt::format("    --{}) {}; return ;;\n", option->get_lnames().front(), kNamePlugins);
    }
    if (option->get_lnames().empty() || !std::regex_search(type, match, in_braces)) continue;
    cases += fmt::format("    --{}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n",
                         option->get_lnames().front(),
                         std::regex_replace(match[1].str(), std::regex(","), " "));
  }
  return cases;
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::string names, by_command, by_option = choices(app);
  for (const CLI::App* command : commands(app)) {
    names += command->get_name() + " ";
    by_option += choices(*command);
    by_command += fmt::format("      {}) words=\"{}{}\" ;;\n", command->get_name(),
                              long_names(*command), long_names(app));
  }
  return fmt::format(
      "# Completion of penstock for bash, made by `penstock generate bash`.\n"
      "_penstock() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} each "
      "command=\n"
      "  case $previous in\n{}  esac\n"
      "  for each in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case \" {}\" in *\" $each \"*) command=$each; break ;; esac\n"
      "  done\n"
      "  if [[ $word == -* ]]; then\n"
      "    local words=\"{}\"\n"
      "    case $command in\n{}    esac\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  elif [[ -z $command ]]; then\n"
      "    COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n"
      "  elif [[ $command == plugins ]]; then\n"
      "    {}\n"
      "  else\n"
      "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
      "  fi\n"
      "}}\n"
      "complete -o filenames -F _penstock penstock\n",
      by_option, names, long_names(app), by_command, names, kNamePlugins);
}

}  // namespace penstock::engine
