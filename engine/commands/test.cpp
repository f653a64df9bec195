// `penstock test`.
#include <fmt/format.h>

#include <penstock/file_error.hpp>

#include <filesystem>
#include <iostream>
#include <optional>

#include "commands/command_line.hpp"
#include "pipeline_test/run_case.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

namespace {

LoadCase case_loader(const CommonArguments& arguments) {
  return [&arguments](const TestCase& test, const ChangeFile& change) {
    const Lookup lookup = [&](const std::string& name) -> std::optional<std::string> {
      const auto own = test.variables.find(name);
      return own == test.variables.end() ? environment(name) : own->second;
    };
    return load_changed(test.pipeline.path, arguments, lookup, change);
  };
}

// A case runs in its own folder.
CommonArguments with_whole_paths(CommonArguments arguments) {
  for (std::string& folder : arguments.plugin_dirs) {
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(folder, error);
    if (!error) folder = whole.string();
  }
  return arguments;
}

std::string run_one(const std::string& path, const LoadCase& load, bool update) {
  if (is_text_case(path)) return run_text_case(path, load, update);
  const auto test = read_case(path);
  return test ? run_case(*test, load, update) : fmt::format("  {}\n", test.error());
}

// Why no case is found at `path`; empty when there is one.
std::string fault_of(const std::string& path) {
  if (is_text_case(path)) return "";
  std::error_code unreadable;
  const bool is_file = std::filesystem::is_regular_file(path, unreadable);
  if (is_file) return fmt::format("{}: not a test; its name must end in .test", path);
  const std::filesystem::directory_iterator entries(path, unreadable);
  if (unreadable) {
    return file_error("cannot open folder", path, unreadable.value(), FileUse::kRead);
  }
  if (!find_cases(path).empty()) return "";
  return fmt::format(
      "{}: there is no case, a file NAME.test or a folder with pipeline.toml or case.toml", path);
}

// Runs the test cases at or below each path; 0 when all pass. `update`: writes what came as what is
// expected.
int test_command(const std::vector<std::string>& paths, bool update,
                 const CommonArguments& arguments) {
  set_up_logging(spdlog::level::off, LogFormat::kText);
  const CommonArguments whole = with_whole_paths(arguments);
  const LoadCase load = case_loader(whole);
  size_t count = 0, failed = 0;
  for (const std::string& path : paths) {
    if (const std::string fault = fault_of(path); !fault.empty()) {
      std::cerr << fault << "\n";
      ++failed;
      continue;
    }
    for (const std::string& each : find_cases(path)) {
      const std::string wrong = run_one(each, load, update);
      ++count;
      failed += !wrong.empty();
      std::cout << fmt::format("{} {}\n{}",
                               wrong.empty() ? update ? "written" : "ok     " : "FAILED ", each,
                               wrong)
                << std::flush;
    }
  }
  std::cout << fmt::format("{} {}, {} failed\n", count, count == 1 ? "case" : "cases", failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

void add_test(CommandLine& line) {
  struct Arguments {
    std::vector<std::string> paths;
    bool update = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& test = line.add("test", "Run pipeline tests: input, and the rows that must come out",
                            "test tests/rejected.test", [&line, arguments] {
                              return test_command(arguments->paths, arguments->update, line.common);
                            });
  test.add_option("PATH", arguments->paths,
                  "Test files (NAME.test), test folders, or folders with such below")
      ->required();
  test.add_flag("--update", arguments->update,
                "Replace expected results that differ by the actual ones");
}

}  // namespace penstock::engine
