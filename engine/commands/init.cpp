// `penstock init`.
#include <fmt/format.h>

#include <iostream>

#include "commands/command_line.hpp"
#include "describe/starter_file.hpp"
#include "describe/starter_folder.hpp"
#include "help/command_line.hpp"

namespace penstock::engine {

namespace {

struct InitArguments {
  StarterParts parts;
  PluginStart plugin;
  std::string to;
};

// Prints a pipeline file to begin with.
int init_pipeline(const StarterParts& parts, Catalog& catalog) {
  const auto text = starter_file(catalog, parts);
  if (!text) {
    std::cerr << text.error() << "\n";
    return 1;
  }
  std::cout << *text;
  return 0;
}

// Writes a folder to begin a plugin from.
int init_plugin(const PluginStart& start, const Catalog& catalog) {
  const auto folder = write_starter_folder(catalog, start);
  if (!folder) {
    std::cerr << "penstock init: " << folder.error() << "\n";
    return 1;
  }
  std::cout << fmt::format("wrote {0}; {0}/README.md says how to build, test and run it\n",
                           *folder);
  return 0;
}

// What is wrong with options that are right by themselves; empty: nothing.
std::string fault_of(const CLI::App& init) {
  const auto given = [&](const char* name) { return init.get_option(name)->count() > 0; };
  if (given("--plugin") && given("--from")) {
    return "--plugin writes a plugin, --from a pipeline file; name one of them";
  }
  if (!given("--plugin") && !given("--from")) return "--from or --plugin is required";
  if (given("--from") && !given("--to")) return "--to is required";
  for (const char* name : {"--language", "--kind"}) {
    if (given(name) && !given("--plugin")) return fmt::format("{} goes with --plugin", name);
  }
  for (const char* name : {"--via", "--rejected"}) {
    if (given(name) && !given("--from")) return fmt::format("{} goes with --from", name);
  }
  return "";
}

}  // namespace

void add_init(CommandLine& line) {
  const auto arguments = std::make_shared<InitArguments>();
  const auto act = [&line, arguments](const CLI::App& init) {
    if (const std::string fault = fault_of(init); !fault.empty()) {
      std::cerr << explain_wrong(line.app(), fault) << "\n";
      return 1;
    }
    Catalog catalog(Catalog::standard_folders({}, line.common.plugin_dirs));
    if (init.get_option("--plugin")->count() > 0) {
      arguments->plugin.folder = arguments->to;
      return init_plugin(arguments->plugin, catalog);
    }
    arguments->parts.to = arguments->to;
    return init_pipeline(arguments->parts, catalog);
  };
  CLI::App& init = line.add(
      "init",
      "Print a pipeline file to begin with, in which every option stands with its default; "
      "or write a folder to begin a plugin from",
      "init --from generator --to file > mine.toml",
      [&line, act] { return act(*line.app().get_subcommand("init")); });
  StarterParts& parts = arguments->parts;
  PluginStart& plugin = arguments->plugin;
  init.add_option("--from", parts.from, "The source's plugin")->type_name("PLUGIN");
  init.add_option(
          "--via", parts.via,
          "The transforms' plugins, with commas; if not given, those that most pipelines need")
      ->delimiter(',')
      ->type_name("PLUGIN");
  init.add_option("--to", arguments->to,
                  "The sink's plugin; with --plugin the folder to write into, if not this one")
      ->type_name("PLUGIN");
  init.add_option("--rejected", parts.rejected,
                  "The sink's plugin for what is rejected; if not given, a file")
      ->type_name("PLUGIN");
  init.add_option("--plugin", plugin.name,
                  "Instead of a pipeline file, write a plugin folder of this name")
      ->type_name("NAME");
  init.add_option("--language", plugin.language, "Language of the plugin")
      ->transform(choice({"c", "cpp", "rust"}))
      ->capture_default_str();
  init.add_option("--kind", plugin.kind, "Kind of plugin")
      ->transform(choice({"source", "transform", "sink"}))
      ->capture_default_str();
}

}  // namespace penstock::engine
