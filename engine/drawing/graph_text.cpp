#include "drawing/graph_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drawing/labels.hpp"

namespace penstock::engine {
namespace {

std::string joined(const NodeDescription& node, const char* line_break) {
  return fmt::format("{}", fmt::join(lines_of(node), line_break));
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
    text += fmt::format("  n{}{}\"{}\"{}\n", i, inside ? "[" : "([", joined(node, "<br>"),
                        inside ? "]" : "])");
  }
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    for (const InputDescription& input : pipeline.nodes[i].inputs) {
      const std::string label = label_of(pipeline.nodes[input.node], input.port);
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
    text += fmt::format("  n{} [label={}];\n", i, quoted(joined(pipeline.nodes[i], "\\n")));
  }
  for (size_t i = 0; i < pipeline.nodes.size(); ++i) {
    for (const InputDescription& input : pipeline.nodes[i].inputs) {
      const std::string label = label_of(pipeline.nodes[input.node], input.port);
      text +=
          fmt::format("  n{} -> n{}{};\n", input.node, i,
                      label.empty() ? "" : fmt::format(" [label={}, style=dashed]", quoted(label)));
    }
  }
  return text + "}\n";
}

}  // namespace penstock::engine
