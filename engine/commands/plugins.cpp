// `penstock plugins`.
#include <fmt/format.h>

#include <iostream>

#include "commands/command_line.hpp"
#include "describe/option_texts.hpp"
#include "describe/plugin_text.hpp"
#include "plugin/catalog.hpp"
#include "plugin_verify/verify.hpp"

namespace penstock::engine {

namespace {

// Lists the plugins, or describes one.
int plugins_command(const std::string& name, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  if (!name.empty()) {
    std::vector<std::string> meant = catalog.names_for(name);
    if (meant.empty()) meant = {name};  // which says where it was looked for
    for (size_t i = 0; i < meant.size(); ++i) {
      const auto library = catalog.open(meant[i]);
      if (!library) {
        std::cerr << library.error() << "\n";
        return 1;
      }
      std::cout << (i > 0 ? "\n" : "") << describe((*library)->plugin());
    }
    return 0;
  }
  std::string problems;
  const auto list = [](const std::string& each, const Library& library) {
    const penstock_node_type& type = *library.find("");
    std::cout << fmt::format("{:<18} {:<10} {}\n", each, kind_name(type.kind), type.summary);
  };
  catalog.visit_all(list, problems);
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

struct PluginsArguments {
  std::string name;
  std::vector<std::string> options;  // NAME=VALUE
  VerifyArguments verify;
};

int verify_command(const PluginsArguments& arguments) {
  VerifyArguments verify = arguments.verify;
  for (const std::string& option : arguments.options) {
    const size_t sign = option.find('=');
    if (sign == 0 || sign == std::string::npos) {
      std::cerr << fmt::format("--option {}: write NAME=VALUE\n", option);
      return 1;
    }
    verify.options[option.substr(0, sign)] = option.substr(sign + 1);
  }
  return verify_plugin(verify, std::cout) ? 0 : 1;
}

}  // namespace

void add_plugins(CommandLine& line) {
  const auto arguments = std::make_shared<PluginsArguments>();
  CLI::App& plugins = line.add("plugins", "List the plugins, describe one, or verify one",
                               "plugins file", [&line, arguments] {
                                 if (!arguments->verify.file.empty())
                                   return verify_command(*arguments);
                                 return plugins_command(arguments->name, line.common);
                               });
  CLI::Option* name = plugins.add_option("NAME", arguments->name,
                                         "A plugin's name; the part before the last _ is enough");
  CLI::Option* verify = plugins
                            .add_option("--verify", arguments->verify.file,
                                        "Test the plugin in this file against the plugin contract")
                            ->type_name("FILE")
                            ->excludes(name);
  plugins
      .add_option("--option", arguments->options,
                  "With --verify: an option of its node types; may be given several times")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->needs(verify);
  plugins
      .add_flag("--start", arguments->verify.start,
                "With --verify: start sources and sinks, too, which may reach the outside")
      ->needs(verify);
}

}  // namespace penstock::engine
