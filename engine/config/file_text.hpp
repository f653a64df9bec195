// The text of a small file that somebody else has written.
#pragma once

#include <cstddef>
#include <string>

#include "config/result.hpp"

namespace penstock::engine {

// Reads no more than `most_bytes`, whatever is there. The error is without the path: "No such file
// or directory", "it is larger than 1MiB".
Result<std::string> read_file_text(const std::string& path, size_t most_bytes);

}  // namespace penstock::engine
