// `penstock replay`: a pipeline file whose sources are files of dead letters.
#include <fmt/format.h>

#include "config/nodes.hpp"
#include "config/pipeline_file.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {

std::vector<std::string> PipelineFile::node_names() const {
  std::vector<std::string> names;
  const toml::table* nodes = root_["nodes"].as_table();
  if (!nodes) return names;
  for (const auto& [key, value] : *nodes) names.emplace_back(key.str());
  return names;
}

void PipelineFile::replay(const ReplayPart& part, const FilePlugins& plugins, Problems& problems) {
  const std::vector<std::string> all = node_names();
  toml::table* nodes = root_["nodes"].as_table();
  if (!nodes || !nodes->contains(part.into)) {
    problems.add({}, fmt::format("there is no node \"{}\" to replay into{}", part.into,
                                 suggestion(part.into, all)));
    return;
  }
  // The engine that runs has the port.
  root_.erase("http");
  keep_reached(*nodes, part.into);
  // A letter is marked when it is safe, also from the death of the machine.
  nodes->insert_or_assign(part.name, toml::table{{"plugin", plugins.source},
                                                 {"path", part.path},
                                                 {"replay", true},
                                                 {"node", part.node},
                                                 {"rows", part.rows},
                                                 {"columns", part.columns},
                                                 {"until", part.until},
                                                 {"buffer", toml::table{{"type", "disk"},
                                                                        {"durability", "machine"},
                                                                        {"path", part.folder}}}});
  std::string last = part.name;
  if (part.rows) {
    last += "_rows";
    nodes->insert_or_assign(last, toml::table{{"plugin", plugins.letters},
                                              {"columns", part.columns},
                                              {"inputs", toml::array{part.name}}});
  }
  if (toml::table* into = (*nodes)[part.into].as_table()) set_inputs(*into, {last});
}

}  // namespace penstock::engine
