// The command line.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <optional>

#include "commands.hpp"
#include "config/choice.hpp"
#include "config/plugin_folder.hpp"
#include "config/quantity.hpp"
#include "help/command_line.hpp"
#include "standard_output.hpp"
#include "top/top.hpp"

namespace penstock::engine {
namespace {

// One of some words, as the pipeline file's options take them: `WARN` is `warning`.
CLI::Validator choice(const std::vector<std::string>& words) {
  return CLI::Validator(
      [words](std::string& text) {
        const std::optional<size_t> found = find_choice(words, text);
        if (!found) {
          return fmt::format("\"{}\" is not one of {}", text, fmt::join(words, ", "));
        }
        text = words[*found];
        return std::string();
      },
      // As CLI11 writes choices, which the completion reads.
      fmt::format("{{{}}}", fmt::join(words, ",")));
}

CLI::Validator number_from(double min, double max) {
  return CLI::Validator(
      [min, max](std::string& text) {
        const std::optional<double> number = parse_number(text);
        if (number && *number >= min && *number <= max) return std::string();
        return fmt::format("\"{}\" is not a number from {} to {}", text, min, max);
      },
      "");
}

CLI::Validator plugin_folder() {
  return CLI::Validator([](std::string& folder) { return fault_of_plugin_folder(folder); }, "");
}

// The command line's definition. Each command says what is to be done in `chosen_`.
class CommandLine {
 public:
  explicit CommandLine(char** argv) : argv_(argv) {
    app_.set_version_flag("--version", fmt::format("penstock {}", PENSTOCK_VERSION));
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("--plugin-dir", common_.plugin_dirs,
                    "A further folder of plugins; may be repeated")
        ->check(plugin_folder())
        ->allow_extra_args(false)
        ->type_name("DIR");
    app_.add_option("--log-level", common_.log_level, "Overrides [logging] level")
        ->transform(choice({"debug", "info", "warning", "error"}));
    app_.add_option("--log-format", common_.log_format, "Overrides [logging] format")
        ->transform(choice({"text", "json", "journal"}));
    add_running();
    add_writing();
    add_looking();
    add_intake();
    add_sessions();
  }

  int run(int argc) {
    try {
      app_.parse(argc, argv_);
    } catch (const CLI::ParseError& e) {
      const std::string mistyped = e.get_exit_code() == 0 ? "" : explain_mistyped(app_);
      if (e.get_exit_code() == 0) return app_.exit(e);  // help, or the version
      std::cerr << (mistyped.empty() ? explain_wrong(app_, e.what()) : "penstock: " + mistyped)
                << "\n";
      return 1;
    }
    for (const std::string& folder : common_.plugin_dirs) {
      if (holds_libraries(folder)) continue;
      std::cerr << "penstock: warning: --plugin-dir: there is no plugin (*.so) in " << folder
                << "\n";
    }
    return chosen_();
  }

 private:
  CLI::App* add(const char* name, const char* what, const char* example,
                const std::function<int()>& act) {
    CLI::App* command = app_.add_subcommand(name, what);
    command->footer(std::string("Example: penstock ") + example);
    command->callback([this, act] { chosen_ = act; });
    return command;
  }
  CLI::App* with_file(CLI::App* command) {
    command->add_option("FILE", file_, "The pipeline file")->required();
    return command;
  }

  void add_running() {
    with_file(add("run", "Run a pipeline until SIGTERM or SIGINT", "run pipelines/default.toml",
                  [this] { return run_command(file_, common_); }));
    CLI::App* check = add("check", "Report everything that is wrong with pipeline files",
                          "check --connect pipelines/default.toml", [this] {
                            return check_command(files_, check_format_ == "json", common_);
                          });
    check->add_option("FILE", files_, "The pipeline files")->required();
    check->add_option("--format", check_format_, "text for people, json for editors and CI")
        ->transform(choice({"text", "json"}));
    check->add_flag("--connect", common_.connect,
                    "Try logins, subscriptions, tables and rights, too; changes nothing there");
    CLI::App* test =
        add("test", "Run pipeline tests: what goes in, and what must come of it",
            "test tests/pipeline", [this] { return test_command(files_, update_, common_); });
    test->add_option("FOLDER", files_, "Folders of cases, or below which cases are")->required();
    test->add_flag("--update", update_, "Write what comes as what is expected");
    add("reload",
        "Have a running engine take its changed file; what the file leaves as it is stays "
        "connected",
        "reload --pid 1234", [this] { return reload_command(process_); })
        ->add_option("--pid", process_, "Its process; needed where several run")
        ->check(number_from(1, 1 << 22))
        ->type_name("PID");
    add("health", "Ask a running engine how it is", "health http://localhost:8080/health/ready",
        [this] { return health_command(place_); })
        ->add_option("URL", place_.url, "One of its health endpoints")
        ->required();
    with_ca("health");
  }

  void add_writing() {
    CLI::App* init =
        add("init",
            "Print a pipeline file to begin with, in which every option stands with its default",
            "init --from generator --to file > mine.toml",
            [this] { return init_command(parts_, common_); });
    init->add_option("--from", parts_.from, "The source's plugin")->required()->type_name("PLUGIN");
    init->add_option("--via", parts_.via, "The transforms' plugins, with commas")
        ->delimiter(',')
        ->type_name("PLUGIN")
        ->capture_default_str();
    init->add_option("--to", parts_.to, "The sink's plugin")->required()->type_name("PLUGIN");
    init->add_option("--rejected", parts_.rejected, "The sink's plugin for what is rejected")
        ->type_name("PLUGIN")
        ->capture_default_str();
    add("schema", "Print the JSON Schema of the pipeline file, for editors, with all plugins found",
        "schema > penstock.schema.json", [this] { return schema_command(common_); });
    CLI::App* generate =
        add("generate", "Make the manual page, the completion for bash, or the reference pages",
            "generate bash > /etc/bash_completion.d/penstock", [this] { return this->generate(); });
    generate->add_option("WHAT", name_, "man or bash, printed; reference, written to --to")
        ->required()
        ->transform(choice({"man", "bash", "reference"}));
    generate->add_option("--to", to_, "The folder of the reference pages")
        ->type_name("DIR")
        ->capture_default_str();
  }

  void add_looking() {
    add("plugins", "List the plugins, or describe one", "plugins batcher", [this] {
      return plugins_command(name_, common_);
    })->add_option("NAME", name_, "A plugin's name; the part before the last _ is enough");
    add("top", "Watch a running engine in the terminal", "top http://localhost:8080",
        [this] { return top(place_, once_); })
        ->add_option("URL", place_.url,
                     "Where it listens; a login is user:password@ in it, or in ~/.netrc")
        ->capture_default_str();
    with_ca("top");
    app_.get_subcommand("top")->add_flag("--once", once_, "Print it once, as plain text");
    CLI::App* tap = add("tap", "Print rows as they pass a node of a running engine, as NDJSON",
                        "tap decoder.rejected --limit 10",
                        [this] { return tap_command(name_, limit_, rate_, place_); });
    tap->add_option("NODE", name_, "node, or node.port; of a sink: what comes to it")->required();
    tap->add_option("--limit", limit_, "End after so many rows; 0: go on")
        ->check(number_from(0, 1e12))
        ->capture_default_str();
    tap->add_option("--rate", rate_, "So many rows a second at most, 0.1 to 1000")
        ->check(number_from(0.1, 1000))
        ->capture_default_str();
    tap->add_option("--url", place_.url, "Where the engine listens, as for top")
        ->capture_default_str();
    with_ca("tap");
    with_file(add("graph", "Print a pipeline's graph, as a picture or for another program",
                  "graph pipelines/default.toml --format svg > graph.svg",
                  [this] { return graph_command(file_, graph_format_, common_); }))
        ->add_option("--format", graph_format_, "mermaid, dot for Graphviz, or svg: a picture")
        ->transform(choice({"mermaid", "dot", "svg"}));
  }

  void add_intake() {
    CLI::App* intake =
        add("intake", "Look into an intake's folder", "intake /var/lib/penstock/default/intake",
            [this] { return intake_command(name_, dump_); });
    intake->add_option("PATH", name_, "The folder, buffer.path in the pipeline file")->required();
    intake->add_flag("--dump", dump_, "Print the messages that are not done, as NDJSON");
    CLI::App* replay =
        add("replay", "Replay dead letters through a pipeline after fixing the cause",
            "replay dead-letters.ndjson --pipeline pipelines/default.toml",
            [this] { return replay_command(file_, files_, into_, common_); });
    replay->add_option("FILE", files_, "Files of dead letters")->required();
    replay->add_option("--pipeline", file_, "The pipeline file")->required()->type_name("FILE");
    replay
        ->add_option(
            "--into", into_,
            "Node that takes message letters and letters from nodes no longer in the pipeline; "
            "default: the node that rejected each letter")
        ->type_name("NODE");
  }

  void add_sessions() {
    CLI::App* sessions = with_file(add(
        "sessions",
        "End a session that a server keeps for an instance that is gone for good: what waits in "
        "it goes through the pipeline, also beside an engine that runs",
        "sessions --forget data-ingestion-old pipelines/default.toml",
        [this] { return sessions_command(file_, session_, name_, common_); }));
    sessions->add_option("--forget", session_, "The session's name, such as a client_id")
        ->required()
        ->type_name("NAME");
    sessions
        ->add_option("--node", name_,
                     "The source whose session it was; needed where several have one")
        ->type_name("NODE");
  }

  void with_ca(const char* command) {
    app_.get_subcommand(command)
        ->add_option("--ca", place_.ca, "Certificates to trust instead of the system's, for https")
        ->type_name("FILE");
  }

  int generate() {
    if (name_ == "reference") return reference_command(to_, command_reference(app_), common_);
    std::cout << (name_ == "man" ? manual_page(app_, PENSTOCK_VERSION) : bash_completion(app_));
    return 0;
  }

  char** const argv_;
  CLI::App app_{"Penstock: a plugin-based stream-processing engine.", "penstock"};
  CommonArguments common_;
  std::string file_, name_, session_, into_, to_ = "reference", check_format_ = "text",
                                             graph_format_ = "mermaid";
  std::vector<std::string> files_;
  StarterParts parts_{"", {"json_decoder", "batcher"}, "", "file"};
  int process_ = 0;
  size_t limit_ = 0;
  double rate_ = 10;
  HttpPlace place_;
  bool dump_ = false, update_ = false, once_ = false;
  std::function<int()> chosen_;
};

}  // namespace
}  // namespace penstock::engine

int main(int argc, char** argv) {
  penstock::engine::StandardOutput output;
  int code = 1;
  try {
    code = penstock::engine::CommandLine(argv).run(argc);
  } catch (const std::exception& e) {
    std::cerr << "penstock: " << e.what() << "\n";
  }
  return output.finish(code);
}
