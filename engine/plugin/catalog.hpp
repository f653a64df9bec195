// The plugins that can be found, opened when first asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/pipeline_description.hpp"
#include "plugin/library.hpp"

namespace penstock::engine {

class Catalog {
 public:
  // Folders are searched in order; those that don't exist are passed over, as the standard ones may
  // be. What an operator names is checked before (plugin_folder.hpp).
  explicit Catalog(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  // The standard folders: the file's plugin_path, the install's own (found relative to the
  // executable), /usr/local/lib/penstock/plugins, then those of the command line.
  static std::vector<std::string> standard_folders(const std::vector<std::string>& plugin_path,
                                                   const std::vector<std::string>& command_line);

  // "library", or "library.type" for another than the library's first type.
  FoundNodeType find(const std::string& plugin);

  // The library of that name.
  Result<const Library*> open(const std::string& name);

  // The names of all libraries in the folders, sorted.
  std::vector<std::string> names() const;
  // Those that a short name stands for: `file` for file_sink and file_source. The full
  // name for itself alone.
  std::vector<std::string> names_for(const std::string& name) const;

  // The names, as `find` takes them, of the first `most` node types of this kind that have all of
  // these flags (PENSTOCK_NODE_…), by the names of their libraries. Libraries that cannot be opened
  // are passed over.
  std::vector<std::string> names_with(penstock_kind kind, uint32_t flags, size_t most = SIZE_MAX);

  // Opens all of them. What keeps one from being opened is a line in `problems`.
  using Visit = std::function<void(const std::string& name, const Library& library)>;
  void visit_all(const Visit& visit, std::string& problems);

 private:
  // ` (did you mean "file_sink"?)`, also of short names.
  std::string suggestion_for(const std::string& name) const;

  std::vector<std::string> folders_;
  std::map<std::string, std::unique_ptr<Library>> libraries_;
};

}  // namespace penstock::engine
