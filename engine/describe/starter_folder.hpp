// A folder to begin a plugin of one's own from: it builds, has tests and runs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/result.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

struct PluginStart {
  std::string name;
  std::string language = "cpp";    // c, cpp, rust
  std::string kind = "transform";  // source, transform, sink
  std::string folder;              // in which the plugin's own is made; empty: here
};

// Writes the plugin's folder, and returns it. When it fails, nothing is written.
Result<std::string> write_starter_folder(const Catalog& catalog, const PluginStart& start);

// The files of examples/, as they are in the repository.
struct ExampleFile {
  std::string_view path;  // "transform/cpp/CMakeLists.txt"
  std::string_view text;
};
std::span<const ExampleFile> example_files();

}  // namespace penstock::engine
