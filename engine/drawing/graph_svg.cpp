#include "drawing/graph_svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drawing/labels.hpp"

namespace penstock::engine {
namespace {

constexpr double kLineHeight = 17, kPadding = 11, kLeastWidth = 120;
// Of a letter in the sizes below, on the wide side: a font is not known here.
constexpr double kNameLetter = 8.2, kTextLetter = 7.0;

constexpr const char* kStyle = R"(
  svg { color-scheme: light dark; }
  text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a; }
  .name { font-weight: 600; font-size: 14px; fill: #1f2328; }
  .box { fill: #ffffff; stroke: #8c959f; stroke-width: 1.2; }
  .source { fill: #1a7f37; } .transform { fill: #0969da; } .sink { fill: #8250df; }
  .wire { fill: none; stroke: #57606a; stroke-width: 1.6; }
  .aside { stroke: #cf222e; stroke-dasharray: 5 4; }
  .label { font-size: 11px; fill: #cf222e; stroke: #fff; stroke-width: 3; paint-order: stroke; }
  .tip { fill: #57606a; } .tip-aside { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .name { fill: #f0f6fc; }
    .box { fill: #151b23; stroke: #656c76; }
    .source { fill: #3fb950; } .transform { fill: #4493f8; } .sink { fill: #ab7df8; }
    .wire { stroke: #9198a1; } .tip { fill: #9198a1; }
    .aside { stroke: #f85149; } .label, .tip-aside { fill: #f85149; } .label { stroke: #0d1117; }
  })";

constexpr const char* kTips =
    R"(  <defs>
    <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path class="tip" d="M0 0 8 4 0 8z"/></marker>
    <marker id="tip-aside" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path class="tip-aside" d="M0 0 8 4 0 8z"/></marker>
  </defs>
)";

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '<') safe += "&lt;";
    else if (c == '>') safe += "&gt;";
    else if (c == '&') safe += "&amp;";
    else if (c == '"') safe += "&quot;";
    else safe += c;
  }
  return safe;
}

size_t letters(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Box box_of(const NodeDescription& node) {
  const std::vector<std::string> lines = lines_of(node);
  double width = static_cast<double>(letters(lines[0])) * kNameLetter;
  for (const std::string& line : lines) {
    width = std::max(width, static_cast<double>(letters(line)) * kTextLetter);
  }
  return {0, 0, std::max(kLeastWidth, width + 2 * kPadding),
          static_cast<double>(lines.size()) * kLineHeight + 2 * kPadding - 3};
}

const char* kind_class(const NodeDescription& node) {
  switch (node.type->kind) {
    case PENSTOCK_SOURCE: return "source";
    case PENSTOCK_TRANSFORM: return "transform";
    default: return "sink";
  }
}

std::string draw_box(const NodeDescription& node, const Box& box) {
  const std::vector<std::string> lines = lines_of(node);
  std::string text = fmt::format(
      "  <g>\n    <rect class=\"box\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" "
      "height=\"{3:.1f}\" rx=\"7\"/>\n"
      "    <rect class=\"{4}\" x=\"{0:.1f}\" y=\"{5:.1f}\" width=\"4\" height=\"{6:.1f}\" "
      "rx=\"2\"/>\n",
      box.x, box.y, box.width, box.height, kind_class(node), box.y + 8, box.height - 16);
  double y = box.y + kPadding + 11;
  for (size_t i = 0; i < lines.size(); ++i, y += kLineHeight) {
    text +=
        fmt::format("    <text{} x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                    i == 0 ? " class=\"name\"" : "", box.x + kPadding + 3, y, escaped(lines[i]));
  }
  return text + "  </g>\n";
}

std::string draw_wire(const std::vector<Point>& way, const std::string& label) {
  std::string path = fmt::format("M{:.1f} {:.1f}", way[0].x, way[0].y);
  for (size_t i = 1; i < way.size(); ++i) {
    const Point &a = way[i - 1], &b = way[i];
    const double middle = (a.x + b.x) / 2;
    path += a.y == b.y ? fmt::format("H{:.1f}", b.x)
                       : fmt::format("C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}", middle, a.y,
                                     middle, b.y, b.x, b.y);
  }
  std::string text =
      fmt::format("  <path class=\"wire{}\" d=\"{}\" marker-end=\"url(#tip{})\"/>\n",
                  label.empty() ? "" : " aside", path, label.empty() ? "" : "-aside");
  if (!label.empty()) {
    // On the side that the wire turns away from.
    const double y = way[0].y + (way[2].y < way[0].y ? 13 : -4);
    text += fmt::format("  <text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                        way[0].x + 6, y, escaped(label));
  }
  return text;
}

}  // namespace

Layout graph_layout(const std::vector<const NodeDescription*>& nodes,
                    const std::function<Box(const NodeDescription&)>& box_of) {
  std::vector<Box> boxes;
  std::vector<Wire> wires;
  for (size_t i = 0; i < nodes.size(); ++i) {
    boxes.push_back(box_of(*nodes[i]));
    for (const InputDescription& input : nodes[i]->inputs)
      wires.push_back({input.node, i, input.port});
  }
  // Boxes of one width make columns.
  double width = 0;
  for (const Box& box : boxes) width = std::max(width, box.width);
  for (Box& box : boxes) box.width = width;
  return layered_layout(boxes, wires);
}

std::string svg_graph(const PipelineDescription& pipeline) {
  std::vector<const NodeDescription*> nodes;
  for (const NodeDescription& node : pipeline.nodes) nodes.push_back(&node);
  const Layout layout = graph_layout(nodes, box_of);
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n  <title>{2}</title>\n  <style>{3}\n"
      "  </style>\n{4}",
      layout.width, layout.height, escaped(pipeline.service.name), kStyle, kTips);
  size_t wire = 0;
  for (const NodeDescription* node : nodes) {
    for (const InputDescription& input : node->inputs) {
      text += draw_wire(layout.wires[wire++], label_of(*nodes[input.node], input.port));
    }
  }
  for (size_t i = 0; i < nodes.size(); ++i) text += draw_box(*nodes[i], layout.boxes[i]);
  return text + "</svg>\n";
}

}  // namespace penstock::engine
