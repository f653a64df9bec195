// `penstock check`.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "commands/command_line.hpp"
#include "config/show_problems.hpp"
#include "pipeline/trial.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

namespace {

// 0, or 1 with every error; prints warnings, too. `json`: as a JSON array, for editors and CI.
int check_command(const std::vector<std::string>& files, bool json,
                  const CommonArguments& arguments) {
  set_up_logging(spdlog::level::off, LogFormat::kText);
  std::vector<Problems> all;
  bool ok = true;
  const bool colour = isatty(STDERR_FILENO) && !std::getenv("NO_COLOR");
  for (const std::string& file : files) {
    LoadedPipeline loaded = load_pipeline(file, arguments);
    if (loaded.pipeline) try_nodes(std::move(*loaded.pipeline), loaded.problems);
    const bool file_is_valid = loaded.pipeline && loaded.problems.empty();
    ok = ok && file_is_valid;
    if (!json) {
      const std::string text = problems_with_source(loaded.problems, colour);
      // Colours are escape codes, which std::cerr does not let pass.
      if (colour) std::fputs(text.c_str(), stderr);
      else std::cerr << text;
      if (file_is_valid) std::cout << passed_check(file);
    }
    all.push_back(std::move(loaded.problems));
  }
  if (json) std::cout << problems_as_json(all);
  return ok ? 0 : 1;
}

}  // namespace

void add_check(CommandLine& line) {
  struct Arguments {
    std::vector<std::string> files;
    std::string format = "text";
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& check =
      line.add("check", "Check pipeline files and report all errors",
               "check --connect pipelines/default.toml", [&line, arguments] {
                 return check_command(arguments->files, arguments->format == "json", line.common);
               });
  check.add_option("FILE", arguments->files, "The pipeline files")->required();
  check.add_option("--format", arguments->format, "text for people, json for editors and CI")
      ->transform(choice({"text", "json"}));
  check.add_flag("--connect", line.common.connect,
                 "Also test logins, subscriptions, tables and permissions; changes nothing there");
}

}  // namespace penstock::engine
