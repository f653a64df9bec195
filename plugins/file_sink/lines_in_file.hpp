// What is lost with a file that is discarded.
#pragma once

#include <cstdint>
#include <string>

namespace file_sink {

struct LinesInFile {
  uint64_t letters = 0;  // dead letters that were not replayed
  uint64_t others = 0;   // lines that are no dead letters
};

// Of no file: none. Reads it once.
LinesInFile lines_in_file(const std::string& path);

}  // namespace file_sink
