#include "pipeline_test/run_case.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <penstock/file_error.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "config/suggest.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline_test/row_match.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto kDeadline = 60s;

// For what leaves the pipeline; goes with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    const char* place = std::getenv("TMPDIR");
    std::string name = std::string(place && *place ? place : "/tmp") + "/penstock-test-XXXXXX";
    if (!mkdtemp(name.data())) {
      throw std::runtime_error(file_error("cannot create", name, errno, FileUse::kWrite));
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name + ".ndjson"; }

 private:
  std::string path_;
};

class CaseRun {
 public:
  CaseRun(const TestCase& test, const LoadCase& load, bool update)
      : test_(test), load_(load), update_(update) {}

  std::string run() {
    const LoadedPipeline original = load_(test_, {});
    if (!original.pipeline) return original.problems.text();
    if (std::string wrong = assign(*original.pipeline); !wrong.empty()) return wrong;
    LoadedPipeline changed = load_(test_, [&](PipelineFile& file, const FilePlugins& plugins) {
      file.put_to_test(files_, plugins);
    });
    if (!changed.pipeline) return changed.problems.text();
    if (std::string wrong = flow(std::move(*changed.pipeline)); !wrong.empty()) return wrong;
    return update_ ? write_expected() : compare();
  }

 private:
  // ---- Which file stands for what ----

  std::string assign(const PipelineDescription& pipeline) {
    std::vector<std::string> sources, sinks;
    for (const NodeDescription& node : pipeline.nodes) {
      if (node.type->kind == PENSTOCK_SOURCE) sources.push_back(node.name);
      if (node.type->kind == PENSTOCK_SINK) sinks.push_back(node.name);
    }
    for (const std::string& name : sinks) files_.sinks[name] = folder_.file(name);
    std::string wrong = assign_inputs(sources);
    for (const auto& [name, file] : test_.expected)
      wrong += assign_expected(name, file, pipeline, sinks);
    if (update_ && test_.expected.empty()) {
      for (const std::string& name : sinks) {
        const std::string file =
            sinks.size() == 1 ? "/expected.ndjson" : "/expected." + name + ".ndjson";
        compared_.push_back({test_.folder + file, folder_.file(name)});
      }
    }
    if (compared_.empty() && wrong.empty()) {
      wrong = fmt::format("  {}: there is no expected.ndjson; --update writes it\n", test_.folder);
    }
    return wrong;
  }

  std::string assign_inputs(const std::vector<std::string>& sources) {
    for (const std::string& name : sources) {
      const auto own = test_.inputs.find(name), only = test_.inputs.find("");
      if (own != test_.inputs.end()) files_.sources[name] = own->second;
      else if (only != test_.inputs.end() && sources.size() == 1)
        files_.sources[name] = only->second;
      else {
        return fmt::format("  {0}: there is no input.{1}.ndjson for the source \"{1}\"\n",
                           test_.folder, name);
      }
    }
    for (const auto& [name, file] : test_.inputs) {
      const bool known =
          name.empty() || std::find(sources.begin(), sources.end(), name) != sources.end();
      if (!known) {
        return fmt::format("  {}: there is no source \"{}\"{}\n", file, name,
                           suggestion(name, sources));
      }
    }
    return "";
  }

  std::string assign_expected(const std::string& name, const std::string& file,
                              const PipelineDescription& pipeline,
                              const std::vector<std::string>& sinks) {
    if (name.empty()) {
      if (sinks.size() != 1) {
        return fmt::format("  {}: there are {} sinks; write expected.NODE.ndjson\n", file,
                           sinks.size());
      }
      compared_.push_back({file, folder_.file(sinks[0])});
      return "";
    }
    if (std::find(sinks.begin(), sinks.end(), name) != sinks.end()) {
      compared_.push_back({file, folder_.file(name)});
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
      return fmt::format("  {}: there is no node \"{}\"{}\n", file, node_name,
                         suggestion(node_name, names));
    }
    files_.ports[name] = folder_.file("port " + name);
    compared_.push_back({file, files_.ports[name]});
    return "";
  }

  // ---- The run ----

  std::string flow(PipelineDescription description) {
    Pipeline pipeline(std::move(description));
    std::string error;
    if (!pipeline.prepare(error)) return fmt::format("  {}\n", error);
    pipeline.start();
    const auto deadline = std::chrono::steady_clock::now() + kDeadline;
    while (!pipeline.sources_finished() || !stopped(pipeline)) {
      if (std::chrono::steady_clock::now() > deadline) {
        return fmt::format("  not done within {} s\n", kDeadline.count());
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
    std::string expected, came;
  };

  std::string compare() const {
    std::string text;
    for (const Compared& each : compared_) {
      text += row_differences(read_rows(each.expected), read_rows(each.came),
                              std::filesystem::path(each.expected).filename().string());
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
        text += fmt::format("  {}: came although no expected.{}.ndjson asks for it\n    + {}\n",
                            name, name, row.text);
      }
    }
    return text;
  }
  bool is_expected_reject() const {
    return std::any_of(files_.ports.begin(), files_.ports.end(),
                       [](const auto& port) { return port.first.ends_with(".rejected"); });
  }

  std::string write_expected() const {
    for (const Compared& each : compared_) {
      std::vector<Row> rows = read_rows(each.came);
      std::sort(rows.begin(), rows.end(),
                [](const Row& a, const Row& b) { return a.text < b.text; });
      std::ofstream file(each.expected, std::ios::binary);
      for (const Row& row : rows) file << row.text << "\n";
      if (!file.flush()) {
        return "  " + file_error("cannot write", each.expected, errno, FileUse::kWrite) + "\n";
      }
    }
    return "";
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
