// `penstock replay`: a pipeline file whose sources are files of dead letters.
#include <fmt/format.h>

#include <set>

#include "config/nodes.hpp"
#include "config/pipeline_file.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

std::vector<std::string> inputs_of(const toml::table& node) {
  std::vector<std::string> inputs;
  if (const toml::array* array = node["inputs"].as_array()) {
    for (const toml::node& each : *array) inputs.push_back(each.value_or(std::string()));
  }
  return inputs;
}

std::string node_of(const std::string& input) { return input.substr(0, input.find('.')); }

void set_inputs(toml::table& node, const std::vector<std::string>& inputs) {
  toml::array array;
  for (const std::string& input : inputs) array.push_back(input);
  node.insert_or_assign("inputs", std::move(array));
}

// `into` and all that its rows can reach.
std::set<std::string> reached(const toml::table& nodes, const std::string& into) {
  std::set<std::string> names{into};
  for (size_t before = 0; before != names.size();) {
    before = names.size();
    for (const auto& [key, value] : nodes) {
      const toml::table* node = value.as_table();
      if (!node) continue;
      for (const std::string& input : inputs_of(*node)) {
        if (names.contains(node_of(input))) names.insert(std::string(key.str()));
      }
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> PipelineFile::node_names() const {
  std::vector<std::string> names;
  const toml::table* nodes = root_["nodes"].as_table();
  if (!nodes) return names;
  for (const auto& [key, value] : *nodes) names.emplace_back(key.str());
  return names;
}

void PipelineFile::replay(const ReplayPart& part, Problems& problems) {
  const std::vector<std::string> all = node_names();
  toml::table* nodes = root_["nodes"].as_table();
  if (!nodes || !nodes->contains(part.into)) {
    problems.add({}, fmt::format("there is no node \"{}\" to replay into{}", part.into,
                                 suggestion(part.into, all)));
    return;
  }
  // The engine that runs has the port.
  root_.erase("http");
  const std::set<std::string> kept = reached(*nodes, part.into);
  for (const std::string& name : all) {
    toml::table* node = (*nodes)[name].as_table();
    if (!kept.contains(name)) {
      nodes->erase(name);
      continue;
    }
    if (!node) continue;
    if (!(*node)["inputs"].is_array()) continue;  // described as the mistake that it is
    std::vector<std::string> inputs = inputs_of(*node);
    std::erase_if(inputs, [&](const std::string& each) { return !kept.contains(node_of(each)); });
    set_inputs(*node, inputs);
  }
  // A letter is marked when it is safe, also from the death of the machine.
  nodes->insert_or_assign(part.name, toml::table{{"plugin", "file_source"},
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
    nodes->insert_or_assign(last, toml::table{{"plugin", "file_source.letters"},
                                              {"columns", part.columns},
                                              {"inputs", toml::array{part.name}}});
  }
  if (toml::table* into = (*nodes)[part.into].as_table()) set_inputs(*into, {last});
}

}  // namespace penstock::engine
