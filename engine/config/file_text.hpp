// The text of a small file that somebody else has written.
#pragma once

#include <cstddef>
#include <string>

namespace penstock::engine {

struct FileText {
  std::string text;
  std::string error;  // without the path: "No such file or directory", "it is larger than 1MiB"
};

// Reads no more than `most_bytes`, whatever is there.
FileText read_file_text(const std::string& path, size_t most_bytes);

}  // namespace penstock::engine
