#include "drawing/labels.hpp"

#include <fmt/format.h>

namespace penstock::engine {

std::vector<std::string> lines_of(const NodeDescription& node) {
  std::vector<std::string> lines{node.name, node.plugin};
  if (node.parallelism > 1) {
    lines.push_back(fmt::format("{} {}", node.parallelism,
                                node.type->kind == PENSTOCK_SINK ? "lanes" : "at a time"));
  }
  if (node.type->kind == PENSTOCK_SOURCE) {
    lines.push_back(node.buffer.type == BufferType::kDisk ? "intake on disk" : "intake in memory");
  }
  return lines;
}

std::string label_of(const NodeDescription& from, size_t port) {
  const bool usual = port == 0 && from.ports[0].name != "rejected";
  return usual ? "" : from.ports[port].name;
}

}  // namespace penstock::engine
