// What a node holds alone: two of one type with the same identity would take it from each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "config/nodes.hpp"

namespace penstock::engine {
namespace {

struct Identity {
  std::vector<std::string> names, values;  // of the type's options that make it
};

Identity identity_of(const NodeDescription& node) {
  Identity identity;
  const auto& values = node.values.values();  // those shown may be masked
  for (size_t i = 0; i < node.type->option_count && i < values.size(); ++i) {
    const penstock_option& option = strided(node.type->options, i);
    if (!(option.flags & PENSTOCK_OPTION_IDENTITY)) continue;
    identity.names.emplace_back(option.name);
    const penstock_text& text = values[i].text;
    identity.values.emplace_back(values[i].present ? std::string(text.data, text.size) : "");
  }
  return identity;
}

}  // namespace

void check_identities(const std::vector<NodeDescription>& nodes, Problems& problems) {
  std::map<std::pair<std::string, std::vector<std::string>>, const NodeDescription*> owners;
  for (const NodeDescription& node : nodes) {
    if (!node.type) continue;  // an unknown plugin
    const Identity identity = identity_of(node);
    // Without a value it is missing or wrong, which is told elsewhere.
    const auto& values = identity.values;
    if (values.empty() || std::find(values.begin(), values.end(), "") != values.end()) continue;
    const auto [owner, is_new] = owners.emplace(std::pair(node.plugin, identity.values), &node);
    if (is_new) continue;
    problems.add(node.at,
                 fmt::format("nodes.{}: \"{}\" has the same {}; each needs its own", node.name,
                             owner->second->name, fmt::join(identity.names, " and ")));
  }
}

}  // namespace penstock::engine
