#include "config/plugin_folder.hpp"

#include <penstock/file_error.hpp>

#include <algorithm>
#include <filesystem>

namespace penstock::engine {

std::string fault_of_plugin_folder(const std::string& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  if (!error) return "";
  return file_error("cannot open folder", folder, error.value(), FileUse::kRead);
}

bool holds_libraries(const std::string& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator entries(folder, error);
  return std::any_of(begin(entries), end(entries),
                     [](const auto& entry) { return entry.path().extension() == ".so"; });
}

}  // namespace penstock::engine
