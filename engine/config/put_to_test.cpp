// `penstock test`: a pipeline file between files of messages and of rows.
#include <fmt/format.h>

#include "config/pipeline_file.hpp"

namespace penstock::engine {

void PipelineFile::put_to_test(const TestFiles& files, const FilePlugins& plugins) {
  root_.erase("http");
  toml::table& nodes = *root_["nodes"].as_table();
  for (const auto& [name, file] : files.sources) {
    toml::table source{{"plugin", plugins.source}, {"path", file}};
    if (const toml::node* columns = nodes.at_path(name)["extra_columns"].node()) {
      source.insert("extra_columns", *columns);
    }
    nodes.insert_or_assign(name, std::move(source));
  }
  for (const auto& [name, file] : files.sinks) {
    const toml::array inputs = *nodes[name]["inputs"].as_array();
    nodes.insert_or_assign(
        name, toml::table{{"plugin", plugins.sink}, {"path", file}, {"inputs", inputs}});
  }
  size_t count = 0;
  for (const auto& [port, file] : files.ports) {
    nodes.insert_or_assign(
        fmt::format("captured_{}", ++count),
        toml::table{{"plugin", plugins.sink}, {"path", file}, {"inputs", toml::array{port}}});
  }
}

}  // namespace penstock::engine
