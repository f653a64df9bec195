// `penstock reload`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "commands/command_line.hpp"
#include "service/control_socket.hpp"

namespace penstock::engine {

namespace {

// Reloads a running engine's pipeline file: 0 if it took it, 1 with the reason if not.
// `process` 0: the only one that runs here.
int reload_command(int process) {
  if (process == 0) {
    const std::vector<pid_t> running = running_engines();
    if (running.size() != 1) {
      std::cerr << (running.empty()
                        ? std::string("no engine runs here\n")
                        : fmt::format("several engines run here: choose one of --pid {}\n",
                                      fmt::join(running, ", ")));
      return 1;
    }
    process = running[0];
  }
  const auto changed = ask_to_reload(process);
  if (!changed) {
    std::cerr << "not reloaded: " << changed.error() << "\n";
    return 1;
  }
  std::cout << "reloaded: " << *changed << "\n";
  return 0;
}

}  // namespace

void add_reload(CommandLine& line) {
  const auto process = std::make_shared<int>(0);
  line.add("reload",
           "Reload a running engine's pipeline file; what the file leaves as it is stays "
           "connected",
           "reload --pid 1234", [process] { return reload_command(*process); })
      .add_option("--pid", *process, "Its process ID; required if several run")
      ->check(number_from(1, 1 << 22))
      ->type_name("PID");
}

}  // namespace penstock::engine
