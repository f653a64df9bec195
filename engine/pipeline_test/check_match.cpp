#include "pipeline_test/check_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace penstock::engine {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::string_view kAnything = "…";

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// Greedy: each piece between two … at the first place where it is.
bool line_matches(std::string_view expected, std::string_view came) {
  const size_t first = expected.find(kAnything);
  if (first == std::string_view::npos) return expected == came;
  if (!came.starts_with(expected.substr(0, first))) return false;
  came.remove_prefix(first);
  expected.remove_prefix(first + kAnything.size());
  for (size_t next; (next = expected.find(kAnything)) != std::string_view::npos;) {
    const size_t at = came.find(expected.substr(0, next));
    if (at == std::string_view::npos) return false;
    came.remove_prefix(at + next);
    expected.remove_prefix(next + kAnything.size());
  }
  return came.ends_with(expected);
}

}  // namespace

std::string check_differences(const std::string& expected, const std::string& came,
                              const std::function<std::string(size_t line)>& place) {
  const Lines wanted = lines_of(expected), had = lines_of(came);
  const size_t fewer = std::min(wanted.size(), had.size());
  size_t begin = 0, end = 0;
  while (begin < fewer && line_matches(wanted[begin], had[begin])) ++begin;
  if (begin == wanted.size() && begin == had.size()) return "";
  while (begin + end < fewer &&
         line_matches(wanted[wanted.size() - 1 - end], had[had.size() - 1 - end])) {
    ++end;
  }
  std::string text = fmt::format("  {}: differs\n", place(begin + 1));
  for (size_t i = begin; i < wanted.size() - end; ++i) text += fmt::format("    - {}\n", wanted[i]);
  for (size_t i = begin; i < had.size() - end; ++i) text += fmt::format("    + {}\n", had[i]);
  return text;
}

std::string updated_check(const std::string& expected, const std::string& came) {
  const Lines before = lines_of(expected);
  std::string text;
  for (const std::string_view line : lines_of(came)) {
    const auto same = std::find_if(before.begin(), before.end(),
                                   [&](std::string_view each) { return line_matches(each, line); });
    text += fmt::format("{}\n", same == before.end() ? line : *same);
  }
  return text;
}

}  // namespace penstock::engine
