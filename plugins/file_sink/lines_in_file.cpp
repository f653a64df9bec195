#include "lines_in_file.hpp"

#include <penstock/dead_letter.hpp>

#include <fstream>

namespace file_sink {

LinesInFile lines_in_file(const std::string& path) {
  LinesInFile lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const penstock::letter::Mark mark = penstock::letter::mark_of(line);
    if (mark == penstock::letter::Mark::kWaiting) ++lines.letters;
    else if (mark == penstock::letter::Mark::kNone) ++lines.others;
  }
  return lines;
}

}  // namespace file_sink
