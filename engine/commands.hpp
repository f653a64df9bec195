// What each command of the command line does. Each returns the process's exit code.
#pragma once

#include <string>
#include <vector>

namespace penstock::engine {

struct CommonArguments {
  std::vector<std::string> plugin_dirs;
  std::string log_level;  // empty: as the file says
  std::string log_format;
};

// 0 after a stop in which everything accepted was written; 1 when it could not start;
// 2 when `shutdown_timeout` passed with something unwritten.
int run_command(const std::string& file, const CommonArguments& arguments);
// 0, or 1 with every error.
int check_command(const std::string& file, const CommonArguments& arguments);
// Shows an intake's folder, or its messages as NDJSON.
int intake_command(const std::string& folder, bool dump);
int plugins_command(const std::string& name, const CommonArguments& arguments);

}  // namespace penstock::engine
