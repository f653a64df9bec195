#include "pipeline_test/run_case.hpp"

#include <fmt/format.h>
#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "config/show_problems.hpp"
#include "config/suggest.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/trial.hpp"
#include "pipeline_test/check_match.hpp"
#include "pipeline_test/row_match.hpp"
#include "pipeline_test/temporary_folder.hpp"
#include "telemetry/printable.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 60s;

// The current folder, for a while.
class InFolder {
 public:
  explicit InFolder(const std::string& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~InFolder() {
    std::error_code ignored;
    std::filesystem::current_path(before_, ignored);
  }
  InFolder(const InFolder&) = delete;
  InFolder& operator=(const InFolder&) = delete;

 private:
  const std::filesystem::path before_;
};

std::string contents(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What is wrong; empty when it is written.
std::string write_file(const std::string& path, const std::string& name, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (file.flush()) return "";
  return "  " + file_error("cannot write", name, errno, FileUse::kWrite) + "\n";
}

class CaseRun {
 public:
  CaseRun(const TestCase& test, const LoadCase& load, bool update)
      : test_(test), load_(load), update_(update) {}

  std::string run() {
    const InFolder in_folder(test_.folder);
    std::string wrong;
    if (test_.check) wrong = check();
    if (!test_.inputs.empty()) wrong += rows();
    return wrong;
  }

 private:
  std::string check() const {
    LoadedPipeline loaded = load_(test_, {});
    loaded.problems.set_file(test_.pipeline_as_written);
    if (loaded.pipeline) try_nodes(std::move(*loaded.pipeline), loaded.problems);
    std::string came = problems_with_source(loaded.problems, false);
    if (loaded.problems.empty()) came += passed_check(test_.pipeline_as_written);
    const CaseFile& file = *test_.check;
    const std::string expected = contents(file.path);
    const std::string differs =
        check_differences(expected, came, [&](size_t line) { return file.place(line); });
    if (differs.empty() || !update_) return differs;
    return write_file(file.path, file.name, updated_check(expected, came));
  }

  std::string rows() {
    const LoadedPipeline original =
        load_(test_, [](PipelineFile& file, Catalog&, Problems&) { file.leave_ends_unchecked(); });
    if (!original.pipeline) return problems_of(original);
    std::string wrong = assign(*original.pipeline);
    for (const auto& input : test_.inputs) wrong += not_messages(input.second);
    if (!wrong.empty()) return wrong;
    LoadedPipeline changed =
        load_(test_, [&](PipelineFile& file, Catalog& catalog, Problems& problems) {
          FilePlugins plugins;
          if (find_file_plugins(catalog, plugins, problems)) file.put_to_test(files_, plugins);
        });
    if (!changed.pipeline) return problems_of(changed);
    wrong = flow(std::move(*changed.pipeline));
    return wrong.empty() ? compare() : wrong;
  }

  // A source would pass over them.
  static std::string not_messages(const CaseFile& file) {
    std::string text;
    for (const Row& row : read_rows(file.path)) {
      const nlohmann::json json = nlohmann::json::parse(row.text, nullptr, false);
      if (json.is_object() && json.contains("topic")) continue;
      text += fmt::format("  {}: not a message, a JSON object with topic and payload: {}\n",
                          file.place(row.line), row.text);
    }
    return text;
  }

  std::string problems_of(const LoadedPipeline& loaded) const {
    std::string text;
    for (const Problem& problem : loaded.problems.sorted()) {
      if (problem.severity != Severity::kError) continue;
      text += fmt::format(
          "  {}: {}\n",
          problem.at.line
              ? fmt::format("{}:{}", test_.pipeline.place(problem.at.line), problem.at.column)
              : test_.pipeline.place(),
          printable(problem.message));
    }
    return text;
  }

  // ---- Which file stands for what ----

  std::string assign(const PipelineDescription& pipeline) {
    std::vector<std::string> sources, sinks;
    for (const NodeDescription& node : pipeline.nodes) {
      if (node.type->kind == PENSTOCK_SOURCE) sources.push_back(node.name);
      if (node.type->kind == PENSTOCK_SINK) sinks.push_back(node.name);
    }
    for (const std::string& name : sinks) files_.sinks[name] = came_in(name);
    std::string wrong = assign_inputs(sources);
    for (const auto& [name, file] : test_.expected)
      wrong += assign_expected(name, file, pipeline, sinks);
    if (update_ && test_.expected.empty()) {
      for (const std::string& name : sinks) {
        const std::string file =
            sinks.size() == 1 ? "expected.ndjson" : "expected." + name + ".ndjson";
        compared_.push_back({{test_.folder + "/" + file, file}, came_in(name)});
      }
    }
    if (compared_.empty() && wrong.empty()) {
      wrong = fmt::format("  {}: there is no expected.ndjson; --update writes it\n", test_.name);
    }
    return wrong;
  }

  std::string assign_inputs(const std::vector<std::string>& sources) {
    for (const std::string& name : sources) {
      const auto own = test_.inputs.find(name), only = test_.inputs.find("");
      if (own != test_.inputs.end()) files_.sources[name] = own->second.path;
      else if (only != test_.inputs.end() && sources.size() == 1)
        files_.sources[name] = only->second.path;
      else {
        return fmt::format("  {0}: there is no input.{1}.ndjson for the source \"{1}\"\n",
                           test_.name, name);
      }
    }
    for (const auto& [name, file] : test_.inputs) {
      const bool known =
          name.empty() || std::find(sources.begin(), sources.end(), name) != sources.end();
      if (!known) {
        return fmt::format("  {}: there is no source \"{}\"{}\n", file.place(), name,
                           suggestion(name, sources));
      }
    }
    return "";
  }

  std::string assign_expected(const std::string& name, const CaseFile& file,
                              const PipelineDescription& pipeline,
                              const std::vector<std::string>& sinks) {
    if (name.empty()) {
      if (sinks.size() != 1) {
        return fmt::format("  {}: there are {} sinks; write expected.NODE.ndjson\n", file.place(),
                           sinks.size());
      }
      compared_.push_back({file, came_in(sinks[0])});
      return "";
    }
    if (std::find(sinks.begin(), sinks.end(), name) != sinks.end()) {
      compared_.push_back({file, came_in(name)});
      return "";
    }
    const size_t dot = name.find('.');
    const std::string node_name = name.substr(0, dot);
    const auto node =
        std::find_if(pipeline.nodes.begin(), pipeline.nodes.end(),
                     [&](const NodeDescription& each) { return each.name == node_name; });
    if (node == pipeline.nodes.end()) {
      std::vector<std::string> names;
      for (const NodeDescription& each : pipeline.nodes) names.push_back(each.name);
      return fmt::format("  {}: there is no node \"{}\"{}\n", file.place(), node_name,
                         suggestion(node_name, names));
    }
    files_.ports[name] = came_in("port " + name);
    compared_.push_back({file, files_.ports[name]});
    return "";
  }

  // ---- The run ----

  std::string flow(PipelineDescription description) {
    Pipeline pipeline(std::move(description));
    if (const auto ready = pipeline.prepare(); !ready) {
      return fmt::format("  {}\n", ready.error());
    }
    pipeline.start();
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    while (!pipeline.sources_finished() || !stopped(pipeline)) {
      if (std::chrono::steady_clock::now() > deadline) {
        return fmt::format("  not finished within {} s\n", kDeadline.count());
      }
      std::this_thread::sleep_for(1ms);
    }
    pipeline.stop_lanes();
    return "";
  }

  static bool stopped(Pipeline& pipeline) {
    pipeline.stop_sources();
    return pipeline.drain();
  }

  // ---- What came ----

  struct Compared {
    CaseFile expected;
    std::string came;
  };

  std::string came_in(const std::string& name) const {
    return folder_.path() + "/" + name + ".ndjson";
  }

  std::string compare() const {
    std::string text;
    for (const Compared& each : compared_) {
      const std::vector<Row> came = read_rows(each.came);
      const std::string differs =
          row_differences(read_rows(each.expected.path), came,
                          [&](size_t line) { return each.expected.place(line); });
      const bool is_new = !std::filesystem::exists(each.expected.path);
      if (update_ && (is_new || !differs.empty())) text += write_rows(each.expected, came);
      else text += differs;
    }
    return text + unexpected_rejects();
  }

  // What a sink keeps of rejected rows is looked at although nobody expects any.
  std::string unexpected_rejects() const {
    std::string text;
    for (const auto& sink : files_.sinks) {
      const std::string &name = sink.first, &file = sink.second;
      const bool compared = std::any_of(compared_.begin(), compared_.end(),
                                        [&](const Compared& each) { return each.came == file; });
      if (compared) continue;
      for (const Row& row : read_rows(file)) {
        if (row.text.find("\"reason\":") == std::string::npos || is_expected_reject()) continue;
        text += fmt::format("  {}: unexpected; there is no expected.{}.ndjson\n    + {}\n", name,
                            name, row.text);
      }
    }
    return text;
  }
  bool is_expected_reject() const {
    return std::any_of(files_.ports.begin(), files_.ports.end(),
                       [](const auto& port) { return port.first.ends_with(".rejected"); });
  }

  static std::string write_rows(const CaseFile& file, std::vector<Row> rows) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.text < b.text; });
    std::string text;
    for (const Row& row : rows) text += row.text + "\n";
    return write_file(file.path, file.name, text);
  }

  const TestCase& test_;
  const LoadCase& load_;
  const bool update_;
  TemporaryFolder folder_;
  TestFiles files_;
  std::vector<Compared> compared_;
};

}  // namespace

std::string run_case(const TestCase& test, const LoadCase& load, bool update) {
  return CaseRun(test, load, update).run();
}

}  // namespace penstock::engine
