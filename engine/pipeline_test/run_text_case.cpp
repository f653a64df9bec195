#include <fmt/format.h>

#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/file_text.hpp"
#include "pipeline_test/run_case.hpp"
#include "pipeline_test/temporary_folder.hpp"

namespace penstock::engine {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = size_t{64} << 20;

std::string text_at(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void put_text(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// Its sections, as files.
void lay_out(const TextFile& file, const fs::path& folder) {
  put_text(folder / "case.toml", file.head);
  for (const TextSection& section : file.sections) put_text(folder / section.name, section.text);
}

// What an update has written in the folder, as sections.
void take_back(TextFile& file, const fs::path& folder) {
  std::vector<std::string> added;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_section =
        std::any_of(file.sections.begin(), file.sections.end(),
                    [&](const TextSection& section) { return section.name == name; });
    if (name.starts_with("expected.") && !is_section) added.push_back(name);
  }
  std::sort(added.begin(), added.end());
  for (const std::string& name : added) file.sections.push_back({name, 0, ""});
  for (TextSection& section : file.sections) {
    if (section.name.starts_with("expected.") || section.name == "check") {
      section.text = text_at(folder / section.name);
    }
  }
}

std::string write_back(const std::string& name, const std::string& before,
                       const std::string& text) {
  if (text == before) return "";
  std::ofstream file(name, std::ios::binary);
  file << text;
  if (file.flush()) return "";
  return "  " + file_error("cannot write", name, errno, FileUse::kWrite) + "\n";
}

}  // namespace

std::string run_text_case(const std::string& name, const LoadCase& load, bool update) {
  const auto text = read_file_text(name, kMostBytes);
  if (!text) return fmt::format("  cannot read {}: {}\n", name, text.error());
  auto file = parse_text_file(*text, name);
  if (!file) return fmt::format("  {}\n", file.error());
  const TemporaryFolder folder;
  lay_out(*file, folder.path());
  const auto test = read_text_case(*file, name, folder.path());
  if (!test) return fmt::format("  {}\n", test.error());
  std::string wrong = run_case(*test, load, update);
  if (update) {
    take_back(*file, folder.path());
    wrong += write_back(name, *text, text_of(*file));
  }
  return wrong.empty() ? "" : fmt::format("  {}\n{}", test->claim, wrong);
}

}  // namespace penstock::engine
