// `penstock plugins`.
#include <fmt/format.h>

#include <iostream>

#include "commands/command_line.hpp"
#include "describe/option_texts.hpp"
#include "describe/plugin_text.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

namespace {

// Lists the plugins, or describes one.
int plugins_command(const std::string& name, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string error;
  if (!name.empty()) {
    std::vector<std::string> meant = catalog.names_for(name);
    if (meant.empty()) meant = {name};  // which says where it was looked for
    for (size_t i = 0; i < meant.size(); ++i) {
      const Library* library = catalog.open(meant[i], error);
      if (!library) {
        std::cerr << error << "\n";
        return 1;
      }
      std::cout << (i > 0 ? "\n" : "") << describe(library->plugin());
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

}  // namespace

void add_plugins(CommandLine& line) {
  const auto name = std::make_shared<std::string>();
  line.add("plugins", "List the plugins, or describe one", "plugins file",
           [&line, name] { return plugins_command(*name, line.common); })
      .add_option("NAME", *name, "A plugin's name; the part before the last _ is enough");
}

}  // namespace penstock::engine
