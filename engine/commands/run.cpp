// `penstock run`.
#include <iostream>

#include "commands/command_line.hpp"
#include "service/run.hpp"

namespace penstock::engine {

namespace {

// 0 after a stop in which everything accepted was written; 1 when it could not start; 2 when
// `shutdown_timeout` passed with something unwritten that is not on disk.
int run_command(const std::string& file, const CommonArguments& arguments) {
  const auto load = [&] { return load_pipeline(file, arguments); };
  LoadedPipeline loaded = load();
  if (loaded.pipeline) return run_pipeline(std::move(loaded), load);
  std::cerr << loaded.problems.text();
  return 1;
}

}  // namespace

void add_run(CommandLine& line) {
  const auto file = std::make_shared<std::string>();
  add_pipeline_file(
      line.add("run", "Run a pipeline until SIGTERM or SIGINT", "run pipelines/default.toml",
               [&line, file] { return run_command(*file, line.common); }),
      *file);
}

}  // namespace penstock::engine
