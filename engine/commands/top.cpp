// `penstock top`.
#include "top/top.hpp"
#include "commands/command_line.hpp"

namespace penstock::engine {

void add_top(CommandLine& line) {
  struct Arguments {
    HttpPlace place;
    bool once = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& command =
      line.add("top", "Watch a running engine in the terminal", "top http://localhost:8080",
               [arguments] { return top(arguments->place, arguments->once); });
  command
      .add_option(
          "URL", arguments->place.url,
          "Where the engine listens; a login goes into the URL (user:password@) or ~/.netrc")
      ->capture_default_str();
  add_ca(command, arguments->place);
  command.add_flag("--once", arguments->once, "Print it once, as plain text");
}

}  // namespace penstock::engine
