#include "plugin/catalog.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kOperatorsFolder = "/usr/local/lib/penstock/plugins";

// build/bin/penstock → build/lib/penstock/plugins, and alike in an install.
std::string install_folder() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path relative(PENSTOCK_PLUGIN_FOLDER);
  return (self.parent_path() / relative).lexically_normal().string();
}

}  // namespace

std::vector<std::string> Catalog::standard_folders(const std::vector<std::string>& plugin_path,
                                                   const std::vector<std::string>& command_line) {
  std::vector<std::string> folders = plugin_path;
  folders.push_back(install_folder());
  folders.push_back(kOperatorsFolder);
  folders.insert(folders.end(), command_line.begin(), command_line.end());
  return folders;
}

std::vector<std::string> Catalog::names() const {
  std::set<std::string> names;
  for (const std::string& folder : folders_) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".so") names.insert(entry.path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> Catalog::names_for(const std::string& name) const {
  std::vector<std::string> found;
  for (const std::string& each : names()) {
    if (each == name) return {each};
    if (!name.empty() && each.substr(0, each.rfind('_')) == name) found.push_back(each);
  }
  return found;
}

std::string Catalog::suggestion_for(const std::string& name) const {
  const std::vector<std::string> meant = names_for(name), all = names();
  if (!meant.empty()) return fmt::format(" (did you mean \"{}\"?)", fmt::join(meant, "\" or \""));
  const auto is_near = [](const std::string& text) {
    return text.find("did you mean") != std::string::npos;
  };
  const std::string near = suggestion(name, all);
  if (is_near(near)) return near;
  for (const std::string& each : all) {
    if (is_near(suggestion(name, {each.substr(0, each.rfind('_'))}))) {
      return fmt::format(" (did you mean \"{}\"?)", each);
    }
  }
  return near;
}

std::vector<std::string> Catalog::names_with(penstock_kind kind, uint32_t flags, size_t most) {
  std::vector<std::string> found;
  for (const std::string& name : names()) {
    if (found.size() >= most) break;
    const auto library = open(name);
    for (size_t i = 0; library && i < (*library)->plugin().type_count; ++i) {
      const penstock_node_type& type = strided((*library)->plugin().types, i);
      if (type.kind != kind || (type.flags & flags) != flags) continue;
      found.push_back(i == 0 ? name : fmt::format("{}.{}", name, type.name));
    }
  }
  return found;
}

void Catalog::visit_all(const Visit& visit, std::string& problems) {
  for (const std::string& name : names()) {
    if (const auto library = open(name)) visit(name, **library);
    else problems += library.error() + "\n";
  }
}

Result<const Library*> Catalog::open(const std::string& name) {
  if (const auto known = libraries_.find(name); known != libraries_.end()) {
    return known->second.get();
  }
  for (const std::string& folder : folders_) {
    const std::filesystem::path path = std::filesystem::path(folder) / (name + ".so");
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) continue;
    auto opened = Library::open(path.string());
    if (!opened) return fail(fmt::format("plugin \"{}\": {}", name, opened.error()));
    return (libraries_[name] = std::move(*opened)).get();
  }
  return fail(fmt::format("no plugin named \"{}\"{}; looked in {}", name, suggestion_for(name),
                          fmt::join(folders_, ", ")));
}

FoundNodeType Catalog::find(const std::string& plugin) {
  const size_t dot = plugin.find('.');
  const std::string name = plugin.substr(0, dot);
  if (name.empty() || name.find('/') != std::string::npos) {
    return fail(fmt::format(
        "\"{}\" is not the name of a plugin; write the library's name without folder and .so",
        plugin));
  }
  const auto opened = open(name);
  if (!opened) return fail(opened.error());
  const Library& library = **opened;
  const std::string type = dot == std::string::npos ? "" : plugin.substr(dot + 1);
  if (const penstock_node_type* found = library.find(type)) return found;
  if (type == "so") return fail(fmt::format("write \"{}\", without .so", name));
  std::vector<std::string> types;
  for (size_t i = 0; i < library.plugin().type_count; ++i) {
    types.emplace_back(strided(library.plugin().types, i).name);
  }
  return fail(
      fmt::format("plugin \"{}\" has no node type \"{}\"{}", name, type, suggestion(type, types)));
}

}  // namespace penstock::engine
