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
  return [&arguments](const TestCase& test, const PutToTest& change) {
    const Lookup lookup = [&](const std::string& name) -> std::optional<std::string> {
      const auto own = test.variables.find(name);
      return own == test.variables.end() ? environment(name) : own->second;
    };
    return load_changed(test.pipeline, arguments, lookup,
                        [&](PipelineFile& file, Catalog& catalog, Problems& problems) {
                          FilePlugins plugins;
                          if (!change) file.leave_ends_unchecked();
                          else if (find_file_plugins(catalog, plugins, problems))
                            change(file, plugins);
                        });
  };
}

// Runs the test cases in folders; 0 when all pass. `update`: writes what came as what is expected.
int test_command(const std::vector<std::string>& folders, bool update,
                 const CommonArguments& arguments) {
  set_up_logging(spdlog::level::off, LogFormat::kText);
  const LoadCase load = case_loader(arguments);
  size_t count = 0, failed = 0;
  for (const std::string& folder : folders) {
    std::error_code unreadable;
    const std::filesystem::directory_iterator entries(folder, unreadable);
    const std::vector<std::string> cases = find_cases(folder);
    if (unreadable) {
      std::cerr << file_error("cannot open folder", folder, unreadable.value(), FileUse::kRead)
                << "\n";
      ++failed;
    } else if (cases.empty()) {
      std::cerr << fmt::format("{}: there is no case, a folder with pipeline.toml or case.toml\n",
                               folder);
      ++failed;
    }
    for (const std::string& each : cases) {
      std::string wrong;
      const TestCase test = read_case(each, wrong);
      if (wrong.empty()) wrong = run_case(test, load, update);
      else wrong = fmt::format("  {}\n", wrong);
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
    std::vector<std::string> folders;
    bool update = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& test =
      line.add("test", "Run pipeline tests: what goes in, and what must come of it",
               "test tests/pipeline", [&line, arguments] {
                 return test_command(arguments->folders, arguments->update, line.common);
               });
  test.add_option("FOLDER", arguments->folders, "Folders of cases, or below which cases are")
      ->required();
  test.add_flag("--update", arguments->update, "Write what comes as what is expected");
}

}  // namespace penstock::engine
