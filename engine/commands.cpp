#include "commands.hpp"

#include <fmt/format.h>

#include <iostream>

#include "http/get.hpp"
#include "intake/inspect.hpp"
#include "plugin/catalog.hpp"
#include "plugin/describe.hpp"
#include "run.hpp"

namespace penstock::engine {

int check_command(const std::string& file, const CommonArguments& arguments) {
  const LoadedPipeline loaded = load_pipeline(file, arguments);
  if (loaded.pipeline) {
    fmt::print("{}: well\n", file);
    return 0;
  }
  std::cerr << loaded.problems;
  return 1;
}

int run_command(const std::string& file, const CommonArguments& arguments, char** argv) {
  const auto load = [&] { return load_pipeline(file, arguments); };
  const LoadedPipeline loaded = load();
  if (loaded.pipeline) return run_pipeline(*loaded.pipeline, load, argv);
  std::cerr << loaded.problems;
  return 1;
}

int intake_command(const std::string& folder, bool dump) {
  std::string error;
  if (dump ? dump_intake(folder, std::cout, error) : describe_intake(folder, std::cout, error)) {
    return 0;
  }
  std::cerr << error << "\n";
  return 1;
}

int health_command(const std::string& url) {
  const HttpAnswer answer = http_get(url);
  if (answer.status == 0) {
    std::cerr << answer.body << "\n";
    return 1;
  }
  std::cout << answer.body;
  return answer.status / 100 == 2 ? 0 : 1;
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
