// `penstock generate`.
#include <penstock/file_error.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

#include "commands/command_line.hpp"
#include "describe/reference.hpp"
#include "help/command_line.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

namespace {

// Writes the reference pages into `folder`, with `commands` as the page of the command line.
int reference_command(const std::string& folder, const std::string& commands,
                      const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string problems;
  std::map<std::string, std::string> pages = reference_pages(catalog, problems);
  pages["commands.md"] = commands;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    std::cerr << file_error("cannot create", folder, error.value(), FileUse::kFill) << "\n";
    return 1;
  }
  for (const auto& [name, text] : pages) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) {
      problems += file_error("cannot write", path, errno, FileUse::kWrite) + "\n";
    }
  }
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

int generate(const CommandLine& line, const std::string& what, const std::string& to) {
  if (what == "reference") return reference_command(to, command_reference(line.app()), line.common);
  std::cout << (what == "man" ? manual_page(line.app(), PENSTOCK_VERSION)
                              : bash_completion(line.app()));
  return 0;
}

}  // namespace

void add_generate(CommandLine& line) {
  struct Arguments {
    std::string what, to = "reference";
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& command =
      line.add("generate", "Make the manual page, the completion for bash, or the reference pages",
               "generate bash > /etc/bash_completion.d/penstock",
               [&line, arguments] { return generate(line, arguments->what, arguments->to); });
  command.add_option("WHAT", arguments->what, "man or bash, printed; reference, written to --to")
      ->required()
      ->transform(choice({"man", "bash", "reference"}));
  command.add_option("--to", arguments->to, "The folder of the reference pages")
      ->type_name("DIR")
      ->capture_default_str();
}

}  // namespace penstock::engine
