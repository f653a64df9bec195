#include "config/nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

constexpr std::array<std::string_view, 6> kEngineKeys{"plugin",  "inputs",        "parallelism",
                                                      "ordered", "extra_columns", "buffer"};

std::vector<PortDescription> ports_of(const penstock_node_type& type) {
  std::vector<PortDescription> ports;
  for (size_t i = 0; i < type.port_count; ++i) {
    ports.push_back({strided(type.ports, i).name, nullptr});
  }
  if (type.kind == PENSTOCK_SOURCE && ports.empty()) ports.push_back({"out", nullptr});
  if (type.kind != PENSTOCK_SOURCE) ports.push_back({"rejected", nullptr});
  return ports;
}

struct ExtraColumn {
  std::string_view name;
  uint32_t column, given_by;  // PENSTOCK_COLUMN_…, PENSTOCK_NODE_…
};
constexpr std::array kExtraColumns{
    ExtraColumn{"retained", PENSTOCK_COLUMN_RETAINED, PENSTOCK_NODE_RETAINED},
    ExtraColumn{"attributes", PENSTOCK_COLUMN_ATTRIBUTES, PENSTOCK_NODE_ATTRIBUTES}};

void read_extra_columns(const std::vector<std::string>& names, Location at, NodeDescription& node,
                        Problems& problems) {
  if (node.type->kind != PENSTOCK_SOURCE) {
    problems.add(at, "extra_columns: only sources have messages; remove it");
    return;
  }
  for (const std::string& name : names) {
    const auto found = std::find_if(kExtraColumns.begin(), kExtraColumns.end(),
                                    [&](const ExtraColumn& each) { return each.name == name; });
    if (found == kExtraColumns.end()) {
      problems.add(at,
                   fmt::format("extra_columns: \"{}\" is not one of retained, attributes", name));
    } else if (!(node.type->flags & found->given_by)) {
      problems.add(at, fmt::format("extra_columns: {} has no {}; remove it", node.plugin, name));
    } else {
      node.extra_columns |= found->column;
    }
  }
}

void read_engine_keys(const toml::table& table, const Lookup& lookup, NodeDescription& node,
                      Problems& problems) {
  std::vector<std::string_view> others;  // keys that somebody else complains about
  for (const auto& [key, value] : table) others.push_back(key.str());
  const auto options =
      parse_engine_options<NodeEngineOptions>(table, node.at, lookup, problems, others);
  node.parallelism = static_cast<uint32_t>(options.parallelism);
  if (node.type->kind == PENSTOCK_SOURCE && node.parallelism > 1) {
    problems.add(location(*table.get("parallelism")),
                 "parallelism: a source has one instance; remove it");
  }
  node.ordered = options.ordered;
  if (node.type->kind != PENSTOCK_TRANSFORM && node.ordered) {
    problems.add(location(*table.get("ordered")),
                 "ordered: only a transform's batches can be put into order; remove it");
  }
  if (const toml::node* columns = table.get("extra_columns")) {
    read_extra_columns(options.extra_columns, location(*columns), node, problems);
  }
}

NodeDescription read_node(const std::string& name, const toml::table& table, Location at,
                          const FindNodeType& find, const Lookup& lookup, Problems& problems) {
  NodeDescription node;
  node.name = name;
  node.at = at;
  const toml::node* plugin = table.get("plugin");
  if (!plugin || !plugin->is_string()) {
    problems.add(
        plugin ? location(*plugin) : at,
        fmt::format("nodes.{}: plugin = \"…\" is missing; `penstock plugins` lists them", name));
    return node;
  }
  node.plugin = plugin->as_string()->get();
  if (node.plugin.find("${") != std::string::npos) {
    problems.add(
        location(*plugin),
        fmt::format("nodes.{}: plugin: ${{…}} references are not allowed here, since a node's "
                    "options depend on its plugin; write the plugin's name",
                    name));
    return node;
  }
  const FoundNodeType found = find(node.plugin);
  if (!found) {
    // Without words: what keeps it from being found is reported already.
    if (!found.error().empty()) {
      problems.add(location(*plugin), fmt::format("nodes.{}: {}", name, found.error()));
    }
    return node;
  }
  node.type = *found;
  node.ports = ports_of(*node.type);
  read_engine_keys(table, lookup, node, problems);
  read_buffer(table, lookup, node, problems);
  const size_t before = problems.list().size();
  node.values = parse_options(table, node.type->options, node.type->option_count, kEngineKeys, at,
                              lookup, problems);
  node.options_are_valid = problems.list().size() == before;
  return node;
}

}  // namespace

penstock_settings NodeDescription::settings(const std::string& service) const {
  penstock_settings settings = {};
  settings.size = sizeof(settings);
  settings.parallelism = parallelism;
  settings.node = name.c_str();
  settings.service = service.c_str();
  settings.values = values.values().data();
  settings.value_count = values.values().size();
  settings.intake = intake;
  settings.inputs = inputs_at.data();
  settings.input_count = inputs_at.size();
  settings.extra_columns = extra_columns;
  settings.ends_session = ends_session;
  return settings;
}

namespace {

bool is_control(char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }

bool is_node_name(const std::string& name) {
  return !name.empty() && name.find_first_of("./") == std::string::npos &&
         std::none_of(name.begin(), name.end(), is_control);
}

// One that may be written instead.
std::string plain_name(std::string name) {
  for (char& c : name) c = c == '.' || c == '/' || is_control(c) ? '_' : c;
  return name.empty() ? "a name" : name;
}

}  // namespace

std::vector<NodeDescription> read_nodes(const toml::table& nodes, const FindNodeType& find,
                                        const Lookup& lookup, Problems& problems) {
  std::vector<NodeDescription> result;
  for (const auto& [key, value] : nodes) {
    const std::string name(key.str());
    if (!is_node_name(name)) {
      const bool has_control = std::any_of(name.begin(), name.end(), is_control);
      problems.add(
          location(key),
          fmt::format("nodes.\"{}\": a node's name {}; write {}", name,
                      name.empty()  ? "may not be empty"
                      : has_control ? "has no control characters"
                                    : "has no dot, which separates the port in `inputs`, and no "
                                      "slash",
                      plain_name(name)));
      continue;
    }
    const toml::table* table = value.as_table();
    if (!table) {
      problems.add(location(key), fmt::format("{} is not a table; write [nodes.{}]", name, name));
      continue;
    }
    result.push_back(read_node(name, *table, location(key), find, lookup, problems));
  }
  return result;
}

}  // namespace penstock::engine
