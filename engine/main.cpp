// The command line.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "commands.hpp"
#include "help/command_line.hpp"

namespace {

int run_command_line(int argc, char** argv) {
  CLI::App app{"Penstock: a plugin-based stream-processing engine.", "penstock"};
  app.set_version_flag("--version", fmt::format("penstock {}", PENSTOCK_VERSION));
  app.require_subcommand(1);
  app.fallthrough();

  penstock::engine::CommonArguments common;
  app.add_option("--plugin-dir", common.plugin_dirs, "A further folder of plugins; may be repeated")
      ->type_name("DIR");
  app.add_option("--log-level", common.log_level, "Overrides [logging] level")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.add_option("--log-format", common.log_format, "Overrides [logging] format")
      ->check(CLI::IsMember({"text", "json", "journal"}));

  std::string file, name;
  CLI::App* run = app.add_subcommand("run", "Run a pipeline until SIGTERM or SIGINT");
  run->add_option("FILE", file, "The pipeline file")->required();
  run->footer("Example: penstock run pipelines/default.toml");
  CLI::App* check =
      app.add_subcommand("check", "Report everything that is wrong with a pipeline file");
  check->add_option("FILE", file, "The pipeline file")->required();
  std::string format = "text";
  check->add_option("--format", format, "text for people, json for editors and CI")
      ->check(CLI::IsMember({"text", "json"}));
  check->footer("Example: penstock check pipelines/default.toml");
  CLI::App* plugins = app.add_subcommand("plugins", "List the plugins, or describe one");
  plugins->add_option("NAME", name, "A plugin's name");
  plugins->footer("Example: penstock plugins batcher");

  bool dump = false;
  CLI::App* intake = app.add_subcommand("intake", "Look into an intake's folder");
  intake->add_option("PATH", name, "The folder, buffer.path in the pipeline file")->required();
  intake->add_flag("--dump", dump, "Print the messages that are not done, as NDJSON");
  intake->footer("Example: penstock intake /var/lib/penstock/default/intake");

  std::vector<std::string> letters;
  std::string into;
  CLI::App* replay = app.add_subcommand(
      "replay", "Put dead letters through a pipeline once more, after mending why they were");
  replay->add_option("FILE", letters, "Files of dead letters")->required();
  replay->add_option("--pipeline", file, "The pipeline file")->required()->type_name("FILE");
  replay->add_option("--into", into, "The node that takes them")->required()->type_name("NODE");
  replay->footer(
      "Example: penstock replay dead-letters.ndjson --pipeline pipelines/default.toml --into "
      "decoder");
  CLI::App* health = app.add_subcommand("health", "Ask a running engine how it is");
  health->add_option("URL", name, "One of its health endpoints")->required();
  health->footer("Example: penstock health http://localhost:8080/health/ready");

  std::string drawn_for = "mermaid";
  CLI::App* graph =
      app.add_subcommand("graph", "Print a pipeline's graph for another program to draw");
  graph->add_option("FILE", file, "The pipeline file")->required();
  graph->add_option("--format", drawn_for, "mermaid, or dot for Graphviz")
      ->check(CLI::IsMember({"mermaid", "dot"}));
  graph->footer(
      "Example: penstock graph pipelines/default.toml --format dot | dot -Tsvg > graph.svg");

  penstock::engine::StarterParts parts{"", {"json_decoder", "batcher"}, "", "file"};
  CLI::App* init = app.add_subcommand(
      "init", "Print a pipeline file to begin with, in which every option stands with its default");
  init->add_option("--from", parts.from, "The source's plugin")->required();
  init->add_option("--via", parts.via, "The transforms' plugins, with commas")
      ->delimiter(',')
      ->capture_default_str();
  init->add_option("--to", parts.to, "The sink's plugin")->required();
  init->add_option("--rejected", parts.rejected, "The sink's plugin for what is rejected")
      ->capture_default_str();
  init->footer("Example: penstock init --from generator --to file > mine.toml");

  CLI::App* schema = app.add_subcommand(
      "schema", "Print the JSON Schema of the pipeline file, for editors, with all plugins found");
  schema->footer("Example: penstock schema > penstock.schema.json");

  CLI::App* generate =
      app.add_subcommand("generate", "Print the manual page, or the completion for bash");
  generate->add_option("WHAT", name, "man or bash")
      ->required()
      ->check(CLI::IsMember({"man", "bash"}));
  generate->footer("Example: penstock generate bash > /etc/bash_completion.d/penstock");

  CLI11_PARSE(app, argc, argv);
  if (run->parsed()) return penstock::engine::run_command(file, common, argv);
  if (check->parsed()) return penstock::engine::check_command(file, format == "json", common);
  if (intake->parsed()) return penstock::engine::intake_command(name, dump);
  if (replay->parsed()) {
    return penstock::engine::replay_command(file, letters, into, common, argv);
  }
  if (graph->parsed()) return penstock::engine::graph_command(file, drawn_for == "dot", common);
  if (init->parsed()) return penstock::engine::init_command(parts, common);
  if (schema->parsed()) return penstock::engine::schema_command(common);
  if (health->parsed()) return penstock::engine::health_command(name);
  if (generate->parsed()) {
    std::cout << (name == "man" ? penstock::engine::manual_page(app, PENSTOCK_VERSION)
                                : penstock::engine::bash_completion(app));
    return 0;
  }
  return penstock::engine::plugins_command(name, common);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "penstock: %s\n", e.what());
    return 1;
  }
}
