#include "lines_in_file.hpp"

#include <penstock/dead_letter.hpp>

#include <fstream>

namespace file_sink {

LinesInFile lines_in_file(const std::string& path) {
  LinesInFile lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const penstock::letter::Mark mark = penstock::letter::mark_of(line);
    // One that a replay has taken may be of one that was broken off.
    const bool is_open =
        mark == penstock::letter::Mark::kWaiting || mark == penstock::letter::Mark::kTaken;
    if (is_open) ++lines.letters;
    else if (mark == penstock::letter::Mark::kNone) ++lines.others;
  }
  return lines;
}

}  // namespace file_sink
