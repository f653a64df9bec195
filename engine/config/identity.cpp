// What a node holds alone: two of one type with the same identity would take it from each other.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "config/nodes.hpp"

namespace penstock::engine {
namespace {

struct Identity {
  std::vector<std::string> names, values;  // of the type's options that make it
};

// What tells a file from others, however its path is written: its place on the disk, or else the
// one spelling of its path. "": it is a device or a pipe, which any number may write.
std::string file_of(const std::string& path) {
  struct stat status = {};
  if (path == "-") return "";
  if (stat(path.c_str(), &status) != 0) return plain_path(path);
  if (!S_ISREG(status.st_mode)) return "";
  return fmt::format("{}:{}", status.st_dev, status.st_ino);
}

// PATH of PATH.1, as a writer calls the files that it sets aside; "" of other names.
std::string before_number(const std::string& path) {
  const size_t dot = path.find_last_not_of("0123456789");
  const bool numbered = dot != std::string::npos && dot + 1 < path.size() && path[dot] == '.';
  return numbered && path[dot + 1] != '0' ? path.substr(0, dot) : "";
}

Identity identity_of(const NodeDescription& node) {
  Identity identity;
  const auto& values = node.values.values();  // those shown may be masked
  for (size_t i = 0; i < node.type->option_count && i < values.size(); ++i) {
    const penstock_option& option = strided(node.type->options, i);
    if (!(option.flags & PENSTOCK_OPTION_IDENTITY)) continue;
    identity.names.emplace_back(option.name);
    const penstock_text& text = values[i].text;
    std::string value = values[i].present ? std::string(text.data, text.size) : "";
    if (option.flags & PENSTOCK_OPTION_FILE) value = file_of(value);
    identity.values.push_back(std::move(value));
  }
  return identity;
}

// Refuses a file that has the name of one that another node sets aside.
void check_files_set_aside(const std::vector<NodeDescription>& nodes, Problems& problems) {
  std::map<std::pair<std::string, std::string>, const NodeDescription*> writers;
  const auto each_file = [&](const auto& visit) {
    for (const NodeDescription& node : nodes) {
      const auto& values = node.values.values();
      for (size_t i = 0; node.type && i < node.type->option_count && i < values.size(); ++i) {
        const bool file = strided(node.type->options, i).flags & PENSTOCK_OPTION_FILE;
        const std::string path(values[i].text.data, values[i].text.size);
        if (file && values[i].present && path != "-" && !path.empty()) visit(node, path);
      }
    }
  };
  each_file([&](const NodeDescription& node, const std::string& path) {
    writers.emplace(std::pair(node.plugin, plain_path(path)), &node);
  });
  each_file([&](const NodeDescription& node, const std::string& path) {
    const auto writer = writers.find(std::pair(node.plugin, before_number(plain_path(path))));
    if (writer == writers.end()) return;
    problems.add(node.at, fmt::format("nodes.{}: \"{}\" uses {} for a rotated file; choose another "
                                      "name",
                                      node.name, writer->second->name, path));
  });
}

}  // namespace

void check_identities(const std::vector<NodeDescription>& nodes, Problems& problems) {
  std::map<std::pair<std::string, std::vector<std::string>>, const NodeDescription*> owners;
  for (const NodeDescription& node : nodes) {
    if (!node.type) continue;  // an unknown plugin
    const Identity identity = identity_of(node);
    // Without a value it is missing or wrong, which is reported elsewhere.
    const auto& values = identity.values;
    if (values.empty() || std::find(values.begin(), values.end(), "") != values.end()) continue;
    const auto [owner, is_new] = owners.emplace(std::pair(node.plugin, identity.values), &node);
    if (is_new) continue;
    problems.add(node.at,
                 fmt::format("nodes.{}: \"{}\" has the same {}; each needs its own", node.name,
                             owner->second->name, fmt::join(identity.names, " and ")));
  }
  check_files_set_aside(nodes, problems);
}

}  // namespace penstock::engine
