#include "pipeline_test/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

// The NAME of "-- NAME --"; empty for another line.
std::string section_of(std::string_view line) {
  constexpr std::string_view kBegin = "-- ", kEnd = " --";
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() <= kBegin.size() + kEnd.size()) return "";
  if (!line.starts_with(kBegin) || !line.ends_with(kEnd)) return "";
  return std::string(line.substr(kBegin.size(), line.size() - kBegin.size() - kEnd.size()));
}

// Why no section has the name; empty if one may. Other files than a case's may be there for its
// pipeline to read.
std::string fault_of_name(const std::string& name, const std::vector<TextSection>& before) {
  const std::filesystem::path path(name);
  const bool leaves = path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end();
  if (leaves || !path.has_filename() || path.lexically_normal() != path) {
    return fmt::format("\"{}\" is not the name of a file in the test's folder", name);
  }
  if (name == "case.toml") return "write what a case.toml has at the head of the file";
  for (const TextSection& other : before) {
    if (other.name == name) {
      return fmt::format("a second section {}; the first is in line {}", name, other.line);
    }
  }
  const std::vector<std::string> known = {"pipeline.toml", "input.ndjson", "expected.ndjson",
                                          "check"};
  const std::string meant = suggestion(name, known);
  const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
  const bool names_a_node = name.starts_with("input.") || name.starts_with("expected.");
  if (is_known || names_a_node || meant.find("did you mean") == std::string::npos) return "";
  return fmt::format("there is no section {}{}", name, meant);
}

}  // namespace

Result<TextFile> parse_text_file(const std::string& text, const std::string& name) {
  TextFile file;
  std::string* to = &file.head;
  size_t line = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    const std::string_view piece(text.data() + begin, end - begin);
    const std::string section = section_of(piece.substr(0, piece.find('\n')));
    ++line;
    begin = end;
    if (section.empty()) {
      to->append(piece);
      continue;
    }
    const std::string fault = fault_of_name(section, file.sections);
    if (!fault.empty()) return fail(fmt::format("{}:{}: {}", name, line, fault));
    file.sections.push_back({section, line, ""});
    to = &file.sections.back().text;
  }
  if (claim_of(file).empty()) {
    return fail(
        fmt::format("{}:1: no claim; begin with a comment that says what the file tests", name));
  }
  if (file.sections.empty()) {
    return fail(fmt::format("{}:{}: no section; write -- pipeline.toml --, for one", name, line));
  }
  return file;
}

std::string text_of(const TextFile& file) {
  std::string text = file.head;
  for (const TextSection& section : file.sections) {
    if (!text.ends_with('\n')) text += '\n';
    text += fmt::format("-- {} --\n", section.name) + section.text;
  }
  return text;
}

std::string claim_of(const TextFile& file) {
  if (!file.head.starts_with('#')) return "";
  std::string claim;
  for (size_t begin = 0; begin < file.head.size() && file.head[begin] == '#';) {
    const size_t end = std::min(file.head.find('\n', begin), file.head.size());
    const size_t first = file.head.find_first_not_of("# \t", begin);
    if (first >= end) break;  // an empty comment parts the claim from what else there is to say
    if (!claim.empty()) claim += ' ';
    claim += file.head.substr(first, end - first);
    begin = end + 1;
  }
  return claim;
}

}  // namespace penstock::engine
