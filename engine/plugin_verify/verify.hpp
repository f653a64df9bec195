// `penstock plugins --verify`: whether a plugin keeps to the contract (plugin.h).
#pragma once

#include <map>
#include <ostream>
#include <string>

namespace penstock::engine {

struct VerifyArguments {
  std::string file;
  std::map<std::string, std::string> options;  // for each of its node types that has them
  bool start = false;                          // sources and sinks, too
};

// Loads the library in a child process, which may crash or hang, and calls its functions as the
// engine would. Prints a line for each fault, and each note of what was not tried; then `ok` or how
// many faults there are. True: none.
bool verify_plugin(const VerifyArguments& arguments, std::ostream& out);

}  // namespace penstock::engine
