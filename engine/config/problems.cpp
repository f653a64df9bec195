#include "config/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "config/source_line.hpp"
#include "telemetry/printable.hpp"

namespace penstock::engine {

const char* name_of(Severity severity) {
  constexpr const char* kNames[] = {"error", "warning", "note"};
  return kNames[static_cast<int>(severity)];
}

size_t Problems::errors() const {
  return static_cast<size_t>(std::count_if(list_.begin(), list_.end(), [](const Problem& problem) {
    return problem.severity == Severity::kError;
  }));
}

bool Problems::has_error_at(Location at) const {
  return std::any_of(list_.begin(), list_.end(), [&](const Problem& problem) {
    return problem.severity == Severity::kError && problem.at.line == at.line &&
           problem.at.column == at.column;
  });
}

void Problems::extend(Location at, size_t first,
                      const std::function<std::string(const std::string& message)>& more) {
  for (size_t i = first; i < list_.size(); ++i) {
    Problem& problem = list_[i];
    if (problem.at.line != at.line || problem.at.column != at.column) continue;
    problem.message += more(problem.message);
  }
}

std::vector<Problem> Problems::sorted() const {
  std::vector<Problem> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  return sorted;
}

void Problems::rewrite(size_t first, const std::function<std::string(std::string)>& with) {
  for (size_t i = first; i < list_.size(); ++i) {
    list_[i].message = with(std::move(list_[i].message));
  }
}

void Problems::hide_lines(unsigned first, unsigned last) {
  for (unsigned line = first; line <= last; ++line) hidden_lines_.insert(line);
}

std::string Problems::source_line(const Problem& problem) const {
  static const Lookup none([](const std::string&) { return std::nullopt; });
  const unsigned line = problem.at.line;
  return shown_line(source_, line, secrets_ ? *secrets_ : none,
                    {.hidden = hidden_lines_.contains(line), .in_text = problem.in_text})
      .text;
}

std::string Problems::place_of(const Problem& problem) const {
  return problem.at.line ? fmt::format("{}:{}:{}", file_, problem.at.line, problem.at.column)
                         : file_;
}

std::string Problems::text() const {
  std::string text;
  for (const Problem& problem : sorted()) {
    const bool error = problem.severity == Severity::kError;
    text += fmt::format("{}: {}{}{}\n", printable(place_of(problem)),
                        error ? "" : name_of(problem.severity), error ? "" : ": ",
                        printable(problem.message));
  }
  return text;
}

}  // namespace penstock::engine
