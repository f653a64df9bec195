#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/secrets.hpp"
#include "config/suggest.hpp"
#include "help/command_line.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kSeeHelp = "; `penstock --help` lists them";

// What other programs call it.
constexpr std::pair<const char*, const char*> kOtherWords[] = {
    {"start", "run"},         {"validate", "check"}, {"verify", "check"},
    {"lint", "check"},        {"status", "top"},     {"list", "plugins"},
    {"version", "--version"}, {"help", "--help"},    {"new", "init"}};

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

void add_flags(const CLI::App& app, std::vector<std::string>& to) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) to.push_back("--" + name);
    for (const std::string& name : option->get_snames()) to.push_back("-" + name);
  }
}

// The flag's name alone: `--log-level` of `--log-level=debug`.
std::string name_of(const std::string& argument) { return argument.substr(0, argument.find('=')); }

std::string unknown_flag(const CLI::App& app, const std::string& flag) {
  std::vector<std::string> known;
  add_flags(app, known);
  const CLI::App* command = app.get_subcommands().empty() ? nullptr : app.get_subcommands().front();
  if (command) add_flags(*command, known);
  std::string near = suggestion(flag, known);
  // Single letters are near to each other, whatever was meant.
  if (near.find("did you mean") == std::string::npos || flag.size() < 4) near.clear();
  const std::string of = command ? " " + command->get_name() : "";
  return fmt::format("unknown option {}{}; `penstock{} --help` lists the options", flag, near, of);
}

std::string unknown_command(const CLI::App& app, const std::string& word) {
  // A file by itself is most likely meant to be run.
  if (word.ends_with(".toml")) {
    return fmt::format("\"{0}\" is not a command; write `penstock run {0}` or `penstock check {0}`",
                       word);
  }
  for (const auto& [other, ours] : kOtherWords) {
    if (word != other) continue;
    return fmt::format("there is no command \"{}\" (did you mean \"{}\"?){}", word, ours, kSeeHelp);
  }
  return fmt::format("there is no command \"{}\"{}{}", value_without_login(word),
                     suggestion(word, commands_of(app)), kSeeHelp);
}

}  // namespace

std::string explain_mistyped(const CLI::App& app) {
  const std::vector<std::string> rest = app.remaining(true);
  if (rest.empty() && app.get_subcommands().empty() && app.parsed()) {
    return "name a command, such as `penstock run FILE`" + std::string(kSeeHelp);
  }
  if (rest.empty()) return "";
  const auto is_flag = [](const std::string& each) { return each.size() > 1 && each[0] == '-'; };
  if (app.get_subcommands().empty()) {
    const auto word = std::find_if_not(rest.begin(), rest.end(), is_flag);
    if (word != rest.end()) return unknown_command(app, *word);
  }
  const auto flag = std::find_if(rest.begin(), rest.end(), is_flag);
  if (flag != rest.end()) return unknown_flag(app, name_of(*flag));
  const CLI::App& command = *app.get_subcommands().front();
  return fmt::format("unexpected argument \"{}\"; `penstock {} --help` shows what it takes",
                     value_without_login(rest.front()), command.get_name());
}

std::string explain_wrong(const CLI::App& app, const std::string& what) {
  if (app.get_subcommands().empty()) return "penstock: " + what + kSeeHelp;
  const CLI::App& command = *app.get_subcommands().front();
  const std::string name = "penstock " + command.get_name();
  const bool lacks = what.find("is required") != std::string::npos;
  return fmt::format("{}: {}; {}", name, what,
                     lacks ? command.get_footer() : "`" + name + " --help` shows what it takes");
}

}  // namespace penstock::engine
