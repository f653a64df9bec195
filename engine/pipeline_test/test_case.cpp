#include "pipeline_test/test_case.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>

#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kPipeline = "pipeline.toml";
constexpr const char* kCase = "case.toml";

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// "expected.decoder.rejected.ndjson" → "decoder.rejected" for the prefix "expected"; nothing for
// another file.
bool is_named(const std::string& file, const std::string& prefix, std::string& name) {
  constexpr std::string_view kSuffix = ".ndjson";
  if (!file.starts_with(prefix) || !file.ends_with(kSuffix)) return false;
  name = file.substr(prefix.size(), file.size() - prefix.size() - kSuffix.size());
  if (!name.empty() && name.front() != '.') return false;
  name.erase(0, 1);
  return true;
}

void read_case_file(const std::filesystem::path& file, TestCase& to, std::string& error) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& e) {
    error =
        fmt::format("{}:{}: not TOML: {}", file.string(), e.source().begin.line, e.description());
    return;
  }
  for (const auto& [key, value] : table) {
    if (key.str() == "pipeline" || key.str() == "variables") continue;
    error = fmt::format("{}: unknown key {}{}", file.string(), key.str(),
                        suggestion(key.str(), {"pipeline", "variables"}));
    return;
  }
  const auto* pipeline = table["pipeline"].as_string();
  if (!pipeline) {
    error = fmt::format("{}: pipeline = \"…\" is missing: the file that is tested", file.string());
    return;
  }
  to.pipeline = (file.parent_path() / pipeline->get()).lexically_normal().string();
  const toml::table* variables = table["variables"].as_table();
  if (table.contains("variables") && !variables) {
    error = fmt::format("{}: variables is not a table; write [variables]", file.string());
    return;
  }
  if (!variables) return;
  for (const auto& [key, value] : *variables) {
    if (const auto* text = value.as_string()) {
      to.variables[std::string(key.str())] = text->get();
    } else {
      error = fmt::format("{}: {}: expected a text in quotes", file.string(), key.str());
    }
  }
}

}  // namespace

std::vector<std::string> find_cases(const std::string& folder) {
  std::vector<std::string> found;
  const auto look = [&](const std::filesystem::path& path) {
    if (is_there(path / kPipeline) || is_there(path / kCase)) found.push_back(path.string());
  };
  std::error_code error;
  look(folder);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    if (entry.is_directory(error)) look(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TestCase read_case(const std::string& folder, std::string& error) {
  const std::filesystem::path path(folder);
  TestCase found;
  found.folder = folder;
  found.pipeline = (path / kPipeline).string();
  if (is_there(path / kCase)) read_case_file(path / kCase, found, error);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path, ignored)) {
    const std::string file = entry.path().filename().string();
    std::string name;
    if (is_named(file, "input", name)) found.inputs[name] = entry.path().string();
    else if (is_named(file, "expected", name)) found.expected[name] = entry.path().string();
    else if (file.ends_with(".ndjson")) {
      error = fmt::format(
          "{}: a case has input.ndjson, input.NODE.ndjson, expected.ndjson, "
          "expected.NODE.ndjson and expected.NODE.PORT.ndjson",
          entry.path().string());
    }
  }
  if (error.empty() && found.inputs.empty()) {
    error = fmt::format("{}: there is no input.ndjson", folder);
  }
  return found;
}

}  // namespace penstock::engine
