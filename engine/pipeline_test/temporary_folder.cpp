#include "pipeline_test/temporary_folder.hpp"

#include <penstock/file_error.hpp>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace penstock::engine {

TemporaryFolder::TemporaryFolder() {
  const char* place = std::getenv("TMPDIR");
  std::string name = std::string(place && *place ? place : "/tmp") + "/penstock-test-XXXXXX";
  if (!mkdtemp(name.data())) {
    throw std::runtime_error(file_error("cannot create", name, errno, FileUse::kWrite));
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace penstock::engine
