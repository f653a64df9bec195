#include "pipeline_test/test_case.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPipeline = "pipeline.toml";
constexpr const char* kCase = "case.toml";
constexpr const char* kCheck = "check";
constexpr const char* kTextEnd = ".test";

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string whole_path(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  return (error ? path : whole).lexically_normal().string();
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

// A file of the case by its name in the folder.
using FindFile = std::function<CaseFile(const std::string& name)>;

class CaseReader {
 public:
  // `origin`: what pipeline = "…" is relative to.
  CaseReader(const std::string& name, const std::string& folder, fs::path origin, FindFile file)
      : origin_(std::move(origin)), file_(std::move(file)) {
    found_.name = name;
    found_.folder = whole_path(folder);
  }

  Result<TestCase> read(const std::vector<std::string>& files) {
    const bool has_pipeline = std::find(files.begin(), files.end(), kPipeline) != files.end();
    if (has_pipeline) {
      found_.pipeline = file_(kPipeline);
      found_.pipeline_as_written = kPipeline;
    }
    if (std::find(files.begin(), files.end(), kCase) != files.end()) read_settings();
    if (found_.pipeline.path.empty()) refuse(found_.name, "there is no pipeline.toml");
    for (const std::string& each : files) take(each);
    if (found_.inputs.empty() && (!found_.check || !found_.expected.empty())) {
      refuse(found_.name, "there is no input.ndjson");
    }
    if (!fault_.empty()) return fail(std::move(fault_));
    return std::move(found_);
  }

 private:
  // The first counts.
  void refuse(const std::string& place, const std::string& what) {
    if (fault_.empty()) fault_ = place + ": " + what;
  }

  void take(const std::string& name) {
    std::string node;
    if (name == kCheck) found_.check = file_(name);
    else if (is_named(name, "input", node)) found_.inputs[node] = file_(name);
    else if (is_named(name, "expected", node)) found_.expected[node] = file_(name);
    else if (name.ends_with(".ndjson")) {
      refuse(
          file_(name).place(),
          "a case has input.ndjson, input.NODE.ndjson, expected.ndjson, expected.NODE.ndjson and "
          "expected.NODE.PORT.ndjson");
    }
  }

  // case.toml
  void read_settings() {
    const CaseFile settings = file_(kCase);
    toml::table table;
    try {
      table = toml::parse_file(settings.path);
    } catch (const toml::parse_error& e) {
      return refuse(settings.place(e.source().begin.line),
                    fmt::format("not TOML: {}", e.description()));
    }
    for (const auto& [key, value] : table) {
      if (key.str() == "pipeline" || key.str() == "variables") continue;
      return refuse(settings.place(key.source().begin.line),
                    fmt::format("unknown key {}{}", key.str(),
                                suggestion(key.str(), {"pipeline", "variables"})));
    }
    read_pipeline(settings, table);
    read_variables(settings, table);
  }

  void read_pipeline(const CaseFile& settings, const toml::table& table) {
    const toml::node* node = table.get("pipeline");
    const auto* pipeline = table["pipeline"].as_string();
    const size_t line = node ? node->source().begin.line : 0;
    if (!found_.pipeline.path.empty()) {
      if (node) refuse(settings.place(line), "pipeline is named, and there is a pipeline.toml");
      return;
    }
    if (!pipeline) {
      return refuse(settings.place(line), "pipeline = \"…\" is missing: the file that is tested");
    }
    const fs::path path = (origin_ / pipeline->get()).lexically_normal();
    found_.pipeline = {whole_path(path), path.string()};
    found_.pipeline_as_written = pipeline->get();
  }

  void read_variables(const CaseFile& settings, const toml::table& table) {
    const toml::node* node = table.get("variables");
    if (!node) return;
    const toml::table* variables = node->as_table();
    if (!variables) {
      return refuse(settings.place(node->source().begin.line),
                    "variables is not a table; write [variables]");
    }
    for (const auto& [key, value] : *variables) {
      if (const auto* text = value.as_string()) {
        found_.variables[std::string(key.str())] = text->get();
      } else {
        refuse(settings.place(value.source().begin.line),
               fmt::format("{}: expected a text in quotes", key.str()));
      }
    }
  }

  const fs::path origin_;
  const FindFile file_;
  std::string fault_;
  TestCase found_;
};

}  // namespace

std::string CaseFile::place(size_t line) const {
  if (line == 0 && before == 0) return name;
  return fmt::format("{}:{}", name, before + line);
}

bool is_text_case(const std::string& path) {
  std::error_code error;
  return path.ends_with(kTextEnd) && fs::is_regular_file(path, error);
}

std::vector<std::string> find_cases(const std::string& path) {
  if (is_text_case(path)) return {path};
  std::vector<std::string> found;
  const auto look = [&](const fs::path& folder) {
    if (is_there(folder / kPipeline) || is_there(folder / kCase)) found.push_back(folder.string());
  };
  std::error_code error;
  look(path);
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
    if (entry.is_directory(error)) look(entry.path());
    else if (is_text_case(entry.path().string())) found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<TestCase> read_case(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    files.push_back(entry.path().filename().string());
  }
  const fs::path path(folder);
  const FindFile find = [&](const std::string& name) {
    return CaseFile{whole_path(path / name), (path / name).string()};
  };
  return CaseReader(folder, folder, path, find).read(files);
}

Result<TestCase> read_text_case(const TextFile& file, const std::string& name,
                                const std::string& folder) {
  std::vector<std::string> files = {kCase};
  for (const TextSection& section : file.sections) files.push_back(section.name);
  const FindFile find = [&](const std::string& of) {
    const auto section = std::find_if(file.sections.begin(), file.sections.end(),
                                      [&](const TextSection& each) { return each.name == of; });
    const size_t before = section == file.sections.end() ? 0 : section->line;
    return CaseFile{whole_path(fs::path(folder) / of), name, before};
  };
  auto found = CaseReader(name, folder, fs::path(name).parent_path(), find).read(files);
  if (found) found->claim = claim_of(file);
  return found;
}

}  // namespace penstock::engine
