// `penstock init`.
#include <iostream>

#include "commands/command_line.hpp"
#include "describe/starter_file.hpp"

namespace penstock::engine {

namespace {

// Prints a pipeline file to begin with.
int init_command(const StarterParts& parts, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string error;
  const std::string text = starter_file(catalog, parts, error);
  std::cout << text;
  if (text.empty()) std::cerr << error << "\n";
  return text.empty() ? 1 : 0;
}

}  // namespace

void add_init(CommandLine& line) {
  const auto parts =
      std::make_shared<StarterParts>(StarterParts{"", {"json_decoder", "batcher"}, "", "file"});
  CLI::App& init = line.add(
      "init", "Print a pipeline file to begin with, in which every option stands with its default",
      "init --from generator --to file > mine.toml",
      [&line, parts] { return init_command(*parts, line.common); });
  init.add_option("--from", parts->from, "The source's plugin")->required()->type_name("PLUGIN");
  init.add_option("--via", parts->via, "The transforms' plugins, with commas")
      ->delimiter(',')
      ->type_name("PLUGIN")
      ->capture_default_str();
  init.add_option("--to", parts->to, "The sink's plugin")->required()->type_name("PLUGIN");
  init.add_option("--rejected", parts->rejected, "The sink's plugin for what is rejected")
      ->type_name("PLUGIN")
      ->capture_default_str();
}

}  // namespace penstock::engine
