// The command line. Each command has a file here: its flags, its help, and what it does.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "plugin/loaded_pipeline.hpp"

namespace penstock::engine {

class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;

  // Parses, and does what is asked. Returns the process's exit code.
  int run(int argc, char** argv);

  // A further command; `act` is called when it is the one, and returns the exit code.
  CLI::App& add(const char* name, const char* what, const char* example, std::function<int()> act);

  const CLI::App& app() const { return app_; }
  // What all commands take; parsed by the time that one acts.
  CommonArguments common;

 private:
  CLI::App app_{"Penstock: a plugin-based stream-processing engine.", "penstock"};
  std::function<int()> chosen_;
};

// The commands, in the order of the help.
void add_run(CommandLine& line);
void add_check(CommandLine& line);
void add_test(CommandLine& line);
void add_reload(CommandLine& line);
void add_health(CommandLine& line);
void add_init(CommandLine& line);
void add_schema(CommandLine& line);
void add_generate(CommandLine& line);
void add_plugins(CommandLine& line);
void add_top(CommandLine& line);
void add_tap(CommandLine& line);
void add_query(CommandLine& line);
void add_graph(CommandLine& line);
void add_intake(CommandLine& line);
void add_replay(CommandLine& line);
void add_sessions(CommandLine& line);

// ---- What their options have in common ----

void add_pipeline_file(CLI::App& command, std::string& file);
// --ca, of a command that asks a running engine.
void add_ca(CLI::App& command, HttpPlace& place);

// One of some words, as the pipeline file's options take them: `WARN` is `warning`.
CLI::Validator choice(const std::vector<std::string>& words);
CLI::Validator number_from(double min, double max);

}  // namespace penstock::engine
