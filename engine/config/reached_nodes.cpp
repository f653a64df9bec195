// The part of a file's graph that the rows of one node can reach.
#include <set>

#include "config/nodes.hpp"

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

// `first` and all that its rows can reach.
std::set<std::string> reached(const toml::table& nodes, const std::string& first) {
  std::set<std::string> names{first};
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

void set_inputs(toml::table& node, const std::vector<std::string>& inputs) {
  toml::array array;
  for (const std::string& input : inputs) array.push_back(input);
  node.insert_or_assign("inputs", std::move(array));
}

void keep_reached(toml::table& nodes, const std::string& first) {
  const std::set<std::string> kept = reached(nodes, first);
  std::vector<std::string> all;
  for (const auto& [key, value] : nodes) all.emplace_back(key.str());
  for (const std::string& name : all) {
    toml::table* node = nodes[name].as_table();
    if (!kept.contains(name)) {
      nodes.erase(name);
      continue;
    }
    if (!node) continue;
    if (!(*node)["inputs"].is_array()) continue;  // described as the mistake that it is
    std::vector<std::string> inputs = inputs_of(*node);
    std::erase_if(inputs, [&](const std::string& each) { return !kept.contains(node_of(each)); });
    set_inputs(*node, inputs);
  }
}

}  // namespace penstock::engine
