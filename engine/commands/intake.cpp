// `penstock intake`.
#include <iostream>

#include "commands/command_line.hpp"
#include "intake/inspect.hpp"

namespace penstock::engine {

namespace {

// Shows an intake's folder, or its messages as NDJSON.
int intake_command(const std::string& folder, bool dump) {
  const auto shown = dump ? dump_intake(folder, std::cout) : describe_intake(folder, std::cout);
  if (shown) return 0;
  std::cerr << shown.error() << "\n";
  return 1;
}

}  // namespace

void add_intake(CommandLine& line) {
  struct Arguments {
    std::string folder;
    bool dump = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& intake =
      line.add("intake", "Inspect an intake's folder", "intake /var/lib/penstock/default/intake",
               [arguments] { return intake_command(arguments->folder, arguments->dump); });
  intake.add_option("PATH", arguments->folder, "The folder, buffer.path in the pipeline file")
      ->required();
  intake.add_flag("--dump", arguments->dump, "Print the messages that are not done, as NDJSON");
}

}  // namespace penstock::engine
