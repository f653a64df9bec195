#include "config/show_problems.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "telemetry/printable.hpp"

namespace penstock::engine {
namespace {

struct Style {
  const char *error = "", *warning = "", *note = "", *place = "", *end = "";
};

// A tab stays a tab, so that the caret stands below its place however wide a tab is.
std::string before_caret(const std::string& line, unsigned column) {
  std::string text;
  for (const char c : printable(line.substr(0, column > 0 ? column - 1 : 0), "\t")) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80) continue;  // in a character
    text += c == '\t' ? '\t' : ' ';
  }
  return text;
}

}  // namespace

std::string problems_with_source(const Problems& problems, bool colour) {
  const Style style =
      colour ? Style{"\033[1;31m", "\033[1;33m", "\033[32m", "\033[1m", "\033[0m"} : Style{};
  std::string text;
  for (const Problem& problem : problems.sorted()) {
    const char* colour_of[] = {style.error, style.warning, style.note};
    const char* its = colour_of[static_cast<int>(problem.severity)];
    const bool error = problem.severity == Severity::kError;
    text += fmt::format("{}{}:{} {}{}{}{}{}\n", style.place, printable(problems.place_of(problem)),
                        style.end, its, error ? "" : name_of(problem.severity), error ? "" : ": ",
                        printable(problem.message), style.end);
    const std::string line = problems.source_line(problem);
    const bool shows_line = problem.at.line > 0 && problem.severity != Severity::kNote;
    if (!shows_line || line.empty()) continue;
    text += fmt::format("{:>5} | {}\n      | {}{}^{}\n", problem.at.line, printable(line, "\t"),
                        before_caret(line, problem.at.column), its, style.end);
  }
  return text;
}

std::string passed_check(const std::string& file) { return fmt::format("{}: ok\n", file); }

std::string problems_as_json(const std::vector<Problems>& files) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Problems& problems : files) {
    for (const Problem& problem : problems.sorted()) {
      all.push_back({{"file", problems.file()},
                     {"line", problem.at.line},
                     {"column", problem.at.column},
                     {"severity", name_of(problem.severity)},
                     {"message", problem.message}});
    }
  }
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace penstock::engine
