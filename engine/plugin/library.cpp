#include "plugin/library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <exception>
#include <filesystem>
#include <map>
#include <optional>

#include "config/option_values.hpp"
#include "plugin/probe.hpp"
#include "plugin/trusted_path.hpp"

namespace penstock::engine {
namespace {

// What a file was when it was loaded. By a path that it knows, the loader returns what it has,
// whatever lies there now (glibc, _dl_map_object), and libraries stay loaded.
struct FileIdentity {
  dev_t device;
  ino_t inode;
  int64_t changed_ns;

  bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino,
                      int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

// Those that this process has loaded, by their paths.
std::map<std::string, FileIdentity>& loaded_files() {
  static std::map<std::string, FileIdentity> files;
  return files;
}

std::string last_dl_error() {
  const char* text = dlerror();
  return text ? text : "unknown error of the dynamic loader";
}

}  // namespace

Result<std::unique_ptr<Library>> Library::open(const std::string& path) {
  auto opened = open_unchecked(path);
  if (!opened) return opened;
  const auto& faults = (*opened)->faults_;
  if (faults.empty() || !faults.front().refuses) return opened;
  return fail(fmt::format("{}: {}", path, faults.front().text));
}

Result<std::unique_ptr<Library>> Library::open_unchecked(const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    return fail(fmt::format("{}: {}", path, why));
  };
  const std::filesystem::path file(path);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return refuse("there is no such file");
  // Who can change what is loaded runs code in this process, so only root and this user may.
  const TrustedPath trusted = trusted_path(path);
  if (!trusted.fault.empty()) return refuse("refused: " + trusted.fault);
  const std::optional<FileIdentity> identity = identity_of(trusted.path);
  if (!identity) return refuse("there is no such file");
  const auto before = loaded_files().find(trusted.path);
  if (before == loaded_files().end()) {
    if (const std::string why = probe_library(trusted.path); !why.empty()) return refuse(why);
  } else if (before->second != *identity) {
    return refuse("has changed since this engine loaded it; restart the engine to use the new one");
  }
  try {
    void* handle = dlopen(trusted.path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) return refuse("cannot be loaded: " + last_dl_error());
    loaded_files().emplace(trusted.path, *identity);
    std::unique_ptr<Library> library(new Library(path, handle));
    const auto entry =
        reinterpret_cast<penstock_entry_function>(dlsym(handle, PENSTOCK_ENTRY_SYMBOL));
    if (!entry) {
      return refuse("is not a Penstock plugin: it does not export " PENSTOCK_ENTRY_SYMBOL);
    }
    library->plugin_ = entry();
    if (!library->plugin_) return refuse("its entry function returned nothing");
    library->faults_ = description_faults(*library->plugin_, file.stem().string());
    return library;
  } catch (const std::exception& e) {
    return refuse(fmt::format("its entry function threw an exception: {}", e.what()));
  } catch (...) {
    return refuse("its entry function threw something that is not a std::exception");
  }
}

Library::~Library() {
  // Left open: a plugin's libraries may have threads and exit handlers of their own, which
  // do not outlive an unmapped library.
}

const penstock_node_type* Library::find(const std::string& type) const {
  for (size_t i = 0; i < plugin_->type_count; ++i) {
    const penstock_node_type& candidate = strided(plugin_->types, i);
    if (type.empty() || type == candidate.name) return &candidate;
  }
  return nullptr;
}

}  // namespace penstock::engine
