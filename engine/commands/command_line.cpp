#include "commands/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <optional>

#include "config/choice.hpp"
#include "config/plugin_folder.hpp"
#include "config/quantity.hpp"
#include "help/command_line.hpp"

namespace penstock::engine {

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

void add_pipeline_file(CLI::App& command, std::string& file) {
  command.add_option("FILE", file, "The pipeline file")->required();
}

void add_ca(CLI::App& command, HttpPlace& place) {
  command.add_option("--ca", place.ca, "Certificates to trust instead of the system's, for https")
      ->type_name("FILE");
}

CommandLine::CommandLine() {
  app_.set_version_flag("--version", fmt::format("penstock {}", PENSTOCK_VERSION));
  app_.require_subcommand(1);
  app_.fallthrough();
  app_.add_option("--plugin-dir", common.plugin_dirs,
                  "Additional folder of plugins; may be repeated")
      ->check(
          CLI::Validator([](std::string& folder) { return fault_of_plugin_folder(folder); }, ""))
      ->allow_extra_args(false)
      ->type_name("DIR");
  app_.add_option("--log-level", common.log_level, "Overrides [logging] level")
      ->transform(choice({"debug", "info", "warning", "error"}));
  app_.add_option("--log-format", common.log_format, "Overrides [logging] format")
      ->transform(choice({"text", "json", "journal"}));
  for (const auto add : {add_run, add_check, add_test, add_reload, add_health, add_init, add_schema,
                         add_generate, add_plugins, add_top, add_tap, add_query, add_graph,
                         add_intake, add_replay, add_sessions}) {
    add(*this);
  }
}

CLI::App& CommandLine::add(const char* name, const char* what, const char* example,
                           std::function<int()> act) {
  CLI::App* command = app_.add_subcommand(name, what);
  command->footer(std::string("Example: penstock ") + example);
  command->callback([this, act = std::move(act)] { chosen_ = act; });
  return *command;
}

int CommandLine::run(int argc, char** argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app_.exit(e);  // help, or the version
    const std::string mistyped = explain_mistyped(app_);
    std::cerr << (mistyped.empty() ? explain_wrong(app_, e.what()) : "penstock: " + mistyped)
              << "\n";
    return 1;
  }
  for (const std::string& folder : common.plugin_dirs) {
    if (holds_libraries(folder)) continue;
    std::cerr << "penstock: warning: --plugin-dir: there is no plugin (*.so) in " << folder << "\n";
  }
  return chosen_();
}

}  // namespace penstock::engine
