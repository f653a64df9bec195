#include "config/file_text.hpp"

#include <fmt/format.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <fstream>

#include "config/quantity.hpp"

namespace penstock::engine {

FileText read_file_text(const std::string& path, size_t most_bytes) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char piece[16 << 10];
  // A folder can be opened, and is then an error to read.
  while (file.read(piece, sizeof(piece)) || file.gcount() > 0) {
    text.append(piece, static_cast<size_t>(file.gcount()));
    if (text.size() > most_bytes) {
      return {"",
              fmt::format("it is larger than {}", format_size(static_cast<int64_t>(most_bytes)))};
    }
  }
  if (!file.eof()) {
    return {"", errno ? file_fault(path, errno, FileUse::kRead) : "unknown error"};
  }
  return {text, ""};
}

}  // namespace penstock::engine
