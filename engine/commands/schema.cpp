// `penstock schema`.
#include <iostream>

#include "commands/command_line.hpp"
#include "describe/pipeline_schema.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

namespace {

// 1 when a plugin could not be opened.
int schema_command(const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string problems;
  std::cout << pipeline_schema(catalog, problems);
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

}  // namespace

void add_schema(CommandLine& line) {
  line.add("schema",
           "Print the JSON Schema of the pipeline file, for editors, with all plugins found",
           "schema > penstock.schema.json", [&line] { return schema_command(line.common); });
}

}  // namespace penstock::engine
