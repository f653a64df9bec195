// The edges of the graph, from the nodes' `inputs`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "config/nodes.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

std::optional<size_t> find_node(const std::vector<NodeDescription>& nodes, std::string_view name) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name == name) return i;
  }
  return std::nullopt;
}

// Resolves "node" or "node.port".
std::optional<InputDescription> resolve(const std::string& text, Location at,
                                        const std::vector<NodeDescription>& nodes,
                                        Problems& problems) {
  const size_t dot = text.find('.');
  const std::string node_name = text.substr(0, dot);
  const std::optional<size_t> node = find_node(nodes, node_name);
  if (!node) {
    std::vector<std::string> known;
    known.reserve(nodes.size());
    for (const NodeDescription& other : nodes) known.push_back(other.name);
    problems.add(at, fmt::format("inputs: there is no node \"{}\"{}", node_name,
                                 suggestion(node_name, known)));
    return std::nullopt;
  }
  const NodeDescription& from = nodes[*node];
  if (!from.type) return InputDescription{*node, 0, at};  // its own problem is reported
  if (dot == std::string::npos) {
    const bool only_rejects = from.ports[0].name == "rejected";
    if (!only_rejects) return InputDescription{*node, 0, at};
    problems.add(at, fmt::format("inputs: \"{}\" is a sink, nothing flows out of it but "
                                 "\"{}.rejected\"",
                                 node_name, node_name));
    return std::nullopt;
  }
  const std::string port_name = text.substr(dot + 1);
  std::vector<std::string> known;
  for (size_t port = 0; port < from.ports.size(); ++port) {
    if (from.ports[port].name == port_name) return InputDescription{*node, port, at};
    known.push_back(from.ports[port].name);
  }
  problems.add(at, fmt::format("inputs: node \"{}\" has no port \"{}\"{}", node_name, port_name,
                               suggestion(port_name, known)));
  return std::nullopt;
}

bool read_inputs(const toml::table& table, size_t index, std::vector<NodeDescription>& nodes,
                 Problems& problems) {
  NodeDescription& node = nodes[index];
  const toml::node* value = table.get("inputs");
  const bool is_source = node.type && node.type->kind == PENSTOCK_SOURCE;
  if (!value) {
    if (!node.type || is_source) return true;
    problems.add(node.at, fmt::format("nodes.{}: inputs = [\"…\"] is missing: name the nodes that "
                                      "it reads from",
                                      node.name));
    return false;
  }
  const toml::array* list = value->as_array();
  if (is_source) {
    problems.add(location(*value),
                 fmt::format("inputs: \"{}\" is a source and has none; remove it", node.name));
    return false;
  }
  if (!list || list->empty()) {
    problems.add(location(*value), "inputs: expected a list of nodes, such as [\"decoder\"]");
    return false;
  }
  bool ok = true;
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (!text) {
      problems.add(location(item), "inputs: expected the name of a node");
      ok = false;
      continue;
    }
    if (text->get().find("${") != std::string::npos) {
      problems.add(location(item),
                   "inputs: ${…} references are not allowed here; write a node's name");
      ok = false;
      continue;
    }
    if (auto input = resolve(text->get(), location(item), nodes, problems)) {
      const bool known = std::any_of(node.inputs.begin(), node.inputs.end(), [&](const auto& each) {
        return each.node == input->node && each.port == input->port;
      });
      if (known) {
        problems.add(location(item),
                     fmt::format("inputs: \"{}\" is listed twice, so every row would "
                                 "arrive twice; remove one",
                                 text->get()));
      }
      node.inputs.push_back(*input);
    } else {
      ok = false;
    }
  }
  return ok;
}

// Depth-first search that gives the order of the flow, and every cycle by its closing edge.
class FlowOrder {
 public:
  FlowOrder(const std::vector<NodeDescription>& nodes, Problems& problems)
      : nodes_(nodes), problems_(problems), state_(nodes.size(), kNew) {
    for (size_t i = 0; i < nodes.size(); ++i) visit(i);
  }

  bool acyclic() const { return acyclic_; }
  const std::vector<size_t>& order() const { return order_; }

 private:
  enum State { kNew, kOpen, kClosed };

  void visit(size_t node) {
    if (state_[node] != kNew) return;
    state_[node] = kOpen;
    path_.push_back(node);
    for (const InputDescription& input : nodes_[node].inputs) {
      if (state_[input.node] == kOpen) report(input);
      visit(input.node);
    }
    path_.pop_back();
    state_[node] = kClosed;
    order_.push_back(node);
  }

  void report(const InputDescription& closing) {
    acyclic_ = false;
    // The path runs against the flow; people read along it.
    std::vector<std::string> names{nodes_[closing.node].name};
    for (auto at = path_.rbegin(); at != path_.rend(); ++at) {
      names.push_back(nodes_[*at].name);
      if (*at == closing.node) break;
    }
    problems_.add(closing.at, fmt::format("inputs: {} is a cycle; remove \"{}\" here, or another "
                                          "input on that way",
                                          fmt::join(names, " → "), nodes_[closing.node].name));
  }

  const std::vector<NodeDescription>& nodes_;
  Problems& problems_;
  std::vector<State> state_;
  std::vector<size_t> path_;
  std::vector<size_t> order_;
  bool acyclic_ = true;
};

}  // namespace

bool connect_nodes(const toml::table& tables, std::vector<NodeDescription>& nodes,
                   Problems& problems) {
  bool ok = true;
  for (size_t i = 0; i < nodes.size(); ++i) {
    ok = read_inputs(*tables[nodes[i].name].as_table(), i, nodes, problems) && ok;
  }
  const FlowOrder flow(nodes, problems);
  if (!flow.acyclic() || !ok) return false;

  std::vector<size_t> new_index(nodes.size());
  std::vector<NodeDescription> ordered;
  for (const size_t old : flow.order()) {
    new_index[old] = ordered.size();
    ordered.push_back(std::move(nodes[old]));
  }
  for (NodeDescription& node : ordered) {
    for (InputDescription& input : node.inputs) input.node = new_index[input.node];
  }
  nodes = std::move(ordered);
  return true;
}

}  // namespace penstock::engine
