#include "commands.hpp"

#include <fmt/format.h>

#include <iostream>
#include <optional>

#include "config/pipeline_file.hpp"
#include "intake/inspect.hpp"
#include "plugin/catalog.hpp"
#include "plugin/describe.hpp"
#include "run.hpp"

namespace penstock::engine {
namespace {

// A file, read and checked with the plugins that it uses.
struct Loaded {
  std::unique_ptr<Catalog> catalog;
  std::optional<PipelineDescription> pipeline;
  std::string problems;
};

Loaded load(const std::string& file, const CommonArguments& arguments) {
  Loaded loaded;
  Problems problems(file);
  const PipelineFile parsed(file, environment, problems);
  loaded.catalog = std::make_unique<Catalog>(
      Catalog::standard_folders(parsed.service().plugin_path, arguments.plugin_dirs));
  // A file that isn't TOML has nothing more to say.
  if (parsed.readable()) {
    loaded.pipeline = parsed.describe(
        [&](const std::string& plugin) { return loaded.catalog->find(plugin); }, problems);
  }
  loaded.problems = problems.text();
  return loaded;
}

}  // namespace

int check_command(const std::string& file, const CommonArguments& arguments) {
  const Loaded loaded = load(file, arguments);
  if (loaded.pipeline) {
    fmt::print("{}: well\n", file);
    return 0;
  }
  std::cerr << loaded.problems;
  return 1;
}

int run_command(const std::string& file, const CommonArguments& arguments) {
  Loaded loaded = load(file, arguments);
  if (!loaded.pipeline) {
    std::cerr << loaded.problems;
    return 1;
  }
  if (arguments.log_level == "debug") loaded.pipeline->logging.level = LogLevel::kDebug;
  if (arguments.log_level == "info") loaded.pipeline->logging.level = LogLevel::kInfo;
  if (arguments.log_level == "warning") loaded.pipeline->logging.level = LogLevel::kWarning;
  if (arguments.log_level == "error") loaded.pipeline->logging.level = LogLevel::kError;
  if (arguments.log_format == "text") loaded.pipeline->logging.format = LogFormat::kText;
  if (arguments.log_format == "json") loaded.pipeline->logging.format = LogFormat::kJson;
  return run_pipeline(*loaded.pipeline);
}

int intake_command(const std::string& folder, bool dump) {
  std::string error;
  if (dump ? dump_intake(folder, std::cout, error) : describe_intake(folder, std::cout, error)) {
    return 0;
  }
  std::cerr << error << "\n";
  return 1;
}

int plugins_command(const std::string& name, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string error;
  if (!name.empty()) {
    const Library* library = catalog.open(name, error);
    if (!library) {
      std::cerr << error << "\n";
      return 1;
    }
    std::cout << describe(library->plugin());
    return 0;
  }
  int result = 0;
  for (const std::string& each : catalog.names()) {
    error.clear();
    const Library* library = catalog.open(each, error);
    if (!library) {
      std::cerr << error << "\n";
      result = 1;
      continue;
    }
    const penstock_node_type& type = *library->find("");
    fmt::print("{:<18} {:<10} {}\n", each, kind_name(type.kind), type.summary);
  }
  return result;
}

}  // namespace penstock::engine
