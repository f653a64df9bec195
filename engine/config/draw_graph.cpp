#include "config/draw_graph.hpp"

#include <fmt/format.h>

namespace penstock::engine {
namespace {

// What stands in a node's box.
std::string lines_of(const NodeDescription& node, const char* line_break) {
  std::string text = node.name + line_break + node.plugin;
  if (node.parallelism > 1) {
    text += fmt::format("{}{} {}", line_break, node.parallelism,
                        node.type->kind == PENSTOCK_SINK ? "lanes" : "at a time");
  }
  if (node.type->kind == PENSTOCK_SOURCE) {
    text += fmt::format("{}intake {}", line_break,
                        node.buffer.type == BufferType::kDisk ? "on disk" : "in memory");
  }
  return text;
}

// The ports by which rows leave, but for the first, which is the usual way.
std::string label_of(const PipelineDescription& pipeline, const InputDescription& input) {
  return input.port == 0 && pipeline.nodes[input.node].ports[0].name != "rejected"
             ? ""
             : pipeline.nodes[input.node].ports[input.port].name;
}

std::string quoted(std::string text) {
  for (size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return "\"" + text + "\"";
}

}  // namespace

std::string mermaid_graph(const PipelineDescription& pipeline) {
  std::string text = "flowchart LR\n";
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    const NodeDescription& node = pipeline.nodes[i];
    const bool inside = node.type->kind == PENSTOCK_TRANSFORM;
    text += fmt::format("  n{}{}\"{}\"{}\n", i, inside ? "[" : "([", lines_of(node, "<br>"),
                        inside ? "]" : "])");
  }
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    for (const InputDescription& input : pipeline.nodes[i].inputs) {
      const std::string label = label_of(pipeline, input);
      text += label.empty() ? fmt::format("  n{} --> n{}\n", input.node, i)
                            : fmt::format("  n{} -. {} .-> n{}\n", input.node, label, i);
    }
  }
  return text;
}

std::string dot_graph(const PipelineDescription& pipeline) {
  std::string text = fmt::format(
      "digraph {} {{\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=10];\n",
      quoted(pipeline.service.name));
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    text += fmt::format("  n{} [label={}];\n", i, quoted(lines_of(pipeline.nodes[i], "\\n")));
  }
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    for (const InputDescription& input : pipeline.nodes[i].inputs) {
      const std::string label = label_of(pipeline, input);
      text +=
          fmt::format("  n{} -> n{}{};\n", input.node, i,
                      label.empty() ? "" : fmt::format(" [label={}, style=dashed]", quoted(label)));
    }
  }
  return text + "}\n";
}

}  // namespace penstock::engine
