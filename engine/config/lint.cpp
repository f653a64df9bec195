// Warnings: what is valid, but unlikely to be what was meant.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "config/listener.hpp"
#include "config/nodes.hpp"

namespace penstock::engine {
namespace {

void warn_of_unread(const std::vector<NodeDescription>& nodes, Problems& problems) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!(nodes[i].type->flags & PENSTOCK_NODE_REJECTS)) continue;
    const bool read = std::any_of(nodes.begin(), nodes.end(), [&](const NodeDescription& node) {
      return std::any_of(node.inputs.begin(), node.inputs.end(),
                         [&](const InputDescription& input) {
                           return input.node == i && input.port == nodes[i].rejected_port();
                         });
    });
    if (read) continue;
    problems.warn(nodes[i].at,
                  fmt::format("nodes.{0}: nothing reads \"{0}.rejected\", so what it rejects is "
                              "counted and lost; add it to the inputs of a sink that keeps it",
                              nodes[i].name));
  }
}

// Lanes mostly wait, so there may be many; calls of a transform that doesn't block only compute.
void warn_of_parallelism(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                         Problems& problems) {
  const uint32_t cores = std::max(1u, std::thread::hardware_concurrency());
  for (const NodeDescription& node : nodes) {
    const bool computes =
        node.type->kind == PENSTOCK_TRANSFORM && !(node.type->flags & PENSTOCK_NODE_BLOCKING);
    if (!computes || node.parallelism <= cores) continue;
    problems.warn(location(*tables[node.name]["parallelism"].node()),
                  fmt::format("parallelism: {} at a time, but this machine has {} cores; more than "
                              "one a core brings nothing",
                              node.parallelism, cores));
  }
}

void warn_of_plain_secrets(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                           Problems& problems) {
  for (const NodeDescription& node : nodes) {
    for (size_t i = 0; i < node.type->option_count; ++i) {
      const penstock_option& option = strided(node.type->options, i);
      if (option.type != PENSTOCK_SECRET) continue;
      warn_of_plain_secret(tables[node.name][option.name].node(), option.name, problems);
    }
  }
}

}  // namespace

void lint(const toml::table& root, const PipelineDescription& pipeline, Problems& problems) {
  const toml::table& tables = *root["nodes"].as_table();
  warn_of_unread(pipeline.nodes, problems);
  warn_of_parallelism(tables, pipeline.nodes, problems);
  warn_of_plain_secrets(tables, pipeline.nodes, problems);
  if (pipeline.http) warn_of_listener(root, *pipeline.http, problems);
}

}  // namespace penstock::engine
