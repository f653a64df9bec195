#include "pipeline/build.hpp"

#include <algorithm>
#include <set>

#include "flow/source_node.hpp"

namespace penstock::engine {
namespace {

bool is_same(const NodeDescription& one, const NodeDescription& other) {
  return one.name == other.name && one.type == other.type && one.buffer == other.buffer &&
         one.parallelism == other.parallelism && one.extra_columns == other.extra_columns &&
         same_values(one.values, other.values);
}

// An input's node comes before those that read it.
void tell_ways(std::vector<NodeDescription>& nodes) {
  std::vector<std::set<size_t>> sources(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const auto& inputs = nodes[i].inputs;
    if (inputs.empty()) sources[i] = {i};
    nodes[i].ways.clear();
    for (size_t k = 0; k < inputs.size(); ++k) {
      const std::set<size_t>& these = sources[inputs[k].node];
      const auto shares = [&](const InputDescription& other) {
        const std::set<size_t>& those = sources[other.node];
        return std::any_of(these.begin(), these.end(),
                           [&](size_t source) { return those.contains(source); });
      };
      const auto end = inputs.begin() + static_cast<std::ptrdiff_t>(k);
      nodes[i].ways.push_back(static_cast<uint32_t>(std::count_if(inputs.begin(), end, shares)));
    }
    for (const InputDescription& input : inputs) {
      sources[i].insert(sources[input.node].begin(), sources[input.node].end());
    }
  }
}

// An input's node comes before those that read it, so what it knows of its own inputs is known.
void connect(Parts& parts) {
  for (Node* node : parts.nodes) {
    const auto& inputs = node->description().inputs;
    for (uint32_t i = 0; i < inputs.size(); ++i) {
      Node& from = *parts.nodes[inputs[i].node];
      const size_t port = inputs[i].port;
      const auto kept = std::find_if(parts.kept.begin(), parts.kept.end(),
                                     [&](const KeptSource& each) { return each.source == &from; });
      // What leaves a source that runs changes when it is held, not now.
      auto& edges = kept == parts.kept.end() ? from.ports()[port]->edges : kept->edges[port];
      edges.push_back({node, i});
      const bool rejects =
          from.type().kind != PENSTOCK_SOURCE && port == from.description().rejected_port();
      if (rejects || from.all_inputs_rejected()) node->set_rejected_input(i);
    }
  }
}

}  // namespace

Parts build(PipelineDescription& description,
            const std::vector<std::unique_ptr<SourceNode>>& running, Budget& budget) {
  const std::string& service = description.service.name;
  tell_ways(description.nodes);
  Parts parts;
  parts.graph = std::make_unique<Graph>(description.nodes);
  for (NodeDescription& node : description.nodes) {
    if (node.type->kind != PENSTOCK_SOURCE) {
      parts.nodes.push_back(&parts.graph->add(std::move(node), service));
      continue;
    }
    const auto same = std::find_if(running.begin(), running.end(), [&](const auto& source) {
      return is_same(source->description(), node);
    });
    if (same != running.end()) {
      SourceNode& source = **same;
      parts.kept.push_back({&source, std::vector<std::vector<Edge>>(source.ports().size()),
                            node.values.shown(), std::move(node.shown_buffer)});
      parts.nodes.push_back(&source);
    } else {
      parts.sources.push_back(std::make_unique<SourceNode>(std::move(node), service, budget));
      parts.nodes.push_back(parts.sources.back().get());
    }
  }
  description.nodes.clear();
  connect(parts);
  return parts;
}

}  // namespace penstock::engine
