// One plugin library: opened, checked, or refused with the reason.
#pragma once

#include <penstock/plugin.h>

#include <memory>
#include <string>
#include <vector>

#include "config/result.hpp"
#include "plugin/description_faults.hpp"

namespace penstock::engine {

class Library {
 public:
  // Opens NAME.so. Refused are a file that others than root or the running user can change or
  // replace (trusted_path.hpp), and whatever is not a plugin of an ABI version that this engine
  // speaks.
  static Result<std::unique_ptr<Library>> open(const std::string& path);
  // The same, whatever its description says. Nothing may be called of it but with care.
  static Result<std::unique_ptr<Library>> open_unchecked(const std::string& path);

  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const std::string& path() const { return path_; }
  const penstock_plugin& plugin() const { return *plugin_; }
  const std::vector<DescriptionFault>& faults() const { return faults_; }
  // The type of that name; with an empty one the library's first. nullptr: none.
  const penstock_node_type* find(const std::string& type) const;

 private:
  Library(std::string path, void* handle) : path_(std::move(path)), handle_(handle) {}

  std::string path_;
  void* handle_;
  const penstock_plugin* plugin_ = nullptr;
  std::vector<DescriptionFault> faults_;
};

}  // namespace penstock::engine
