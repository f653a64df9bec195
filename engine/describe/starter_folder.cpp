#include "describe/starter_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace penstock::engine {
namespace {

constexpr size_t kLongestName = 64;
// Targets that CMake has in every project (policy CMP0037), and crates that Rust has.
constexpr std::string_view kTaken[] = {
    "all",        "alloc",      "clean",         "core",
    "edit_cache", "help",       "install",       "list_install_components",
    "package",    "proc_macro", "rebuild_cache", "std",
    "test"};

// Why a plugin may not be called so; empty: it may.
std::string fault_of_name(const Catalog& catalog, const std::string& name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_legal = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  if (name.empty() || !is_letter(name[0]) || !std::all_of(name.begin(), name.end(), is_legal)) {
    return "use a to z, digits and _, and begin with a letter";
  }
  if (name.size() > kLongestName) return fmt::format("use at most {} letters", kLongestName);
  if (std::find(std::begin(kTaken), std::end(kTaken), name) != std::end(kTaken)) {
    return "build tools use that name for something else; choose another";
  }
  const std::vector<std::string> known = catalog.names();
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    return "there is a plugin of that name; choose another";
  }
  return "";
}

void replace_each(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// With the plugin's name in the place of the example's.
std::string renamed(std::string_view text, const PluginStart& start) {
  std::string result(text);
  replace_each(result, "example_" + start.kind, start.name);
  replace_each(result, "example_plugin", start.name);
  return result;
}

// Where an example's file goes in the folder; empty: it isn't part of it.
std::string place_of(std::string_view path, const PluginStart& start) {
  const std::string readme = start.language == "rust" ? "cargo" : "cmake";
  if (path == "starter/README." + readme + ".md") return "README.md";
  const std::string own = start.kind + "/" + start.language + "/";
  if (path.starts_with(own)) return renamed(path.substr(own.size()), start);
  for (const std::string_view of_all : {"pipeline.toml", "tests/"}) {
    if (path.starts_with(start.kind + "/" + std::string(of_all))) {
      return std::string(path.substr(start.kind.size() + 1));
    }
  }
  return "";
}

Result<void> write_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code failure;
  std::filesystem::create_directories(path.parent_path(), failure);
  errno = failure.value();
  std::ofstream file;
  if (!failure) file.open(path, std::ios::binary);
  if (file && file.write(text.data(), static_cast<std::streamsize>(text.size())).flush()) {
    return {};
  }
  return fail(file_error("cannot write", path.string(), errno, FileUse::kWrite));
}

}  // namespace

Result<std::string> write_starter_folder(const Catalog& catalog, const PluginStart& start) {
  if (const std::string fault = fault_of_name(catalog, start.name); !fault.empty()) {
    return fail(fmt::format("--plugin: \"{}\" cannot be a plugin's name: {}", start.name, fault));
  }
  const std::filesystem::path folder = std::filesystem::path(start.folder) / start.name;
  if (mkdir(folder.c_str(), 0777) != 0) {
    if (errno != EEXIST) {
      return fail(file_error("cannot create", folder.string(), errno, FileUse::kWrite));
    }
    return fail(
        fmt::format("{} exists; remove it, or choose another name or --to", folder.string()));
  }
  for (const ExampleFile& file : example_files()) {
    const std::string place = place_of(file.path, start);
    if (place.empty()) continue;
    const auto written = write_file(folder / place, renamed(file.text, start));
    if (written) continue;
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return fail(written.error());
  }
  return folder.string();
}

}  // namespace penstock::engine
