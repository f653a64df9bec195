#include "config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace penstock::engine {

std::string Problems::text() const {
  std::vector<Problem> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  std::string text;
  for (const Problem& problem : sorted) {
    if (problem.at.line == 0) {
      text += fmt::format("{}: {}\n", file_, problem.message);
    } else {
      text +=
          fmt::format("{}:{}:{}: {}\n", file_, problem.at.line, problem.at.column, problem.message);
    }
  }
  return text;
}

}  // namespace penstock::engine
