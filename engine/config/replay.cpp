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

void PipelineFile::replay(const std::vector<std::string>& files, const std::string& into,
                          Problems& problems) {
  toml::table* nodes = root_["nodes"].as_table();
  if (!nodes || !nodes->contains(into)) {
    std::vector<std::string> names;
    if (nodes) {
      for (const auto& [key, value] : *nodes) names.emplace_back(key.str());
    }
    problems.add(
        {}, fmt::format("there is no node \"{}\" to replay into{}", into, suggestion(into, names)));
    return;
  }
  // The engine that runs has the port.
  root_.erase("http");
  const std::set<std::string> kept = reached(*nodes, into);
  std::vector<std::string> all;
  for (const auto& [key, value] : *nodes) all.emplace_back(key.str());
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
  std::vector<std::string> sources;
  for (const std::string& file : files) {
    sources.push_back(fmt::format("replay_{}", sources.size() + 1));
    nodes->insert_or_assign(
        sources.back(),
        toml::table{{"plugin", "file_source"},
                    {"path", file},
                    {"replay", true},
                    {"buffer", toml::table{{"type", "disk"}, {"path", replay_folder(file)}}}});
  }
  set_inputs(*(*nodes)[into].as_table(), sources);
}

}  // namespace penstock::engine
