#include "config/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace penstock::engine {

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substitution = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

namespace {

// `path` is meant to be plugin_path, if nothing else has it.
const std::string* only_one_with(std::string_view word, const std::vector<std::string>& known) {
  constexpr size_t kShortest = 3;
  const std::string* found = nullptr;
  for (const std::string& candidate : known) {
    if (word.size() < kShortest || candidate.find(word) == std::string::npos) continue;
    if (found) return nullptr;
    found = &candidate;
  }
  return found;
}

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  constexpr size_t kShortList = 8;
  const std::string* nearest = nullptr;
  size_t least = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      nearest = &candidate;
    }
  }
  if (!nearest) nearest = only_one_with(word, known);
  if (nearest) return fmt::format(" (did you mean \"{}\"?)", *nearest);
  if (known.empty() || known.size() > kShortList) return "";
  return fmt::format(" (one of {})", fmt::join(known, ", "));
}

}  // namespace penstock::engine
