#include "commands.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <set>

#include "config/pipeline_file.hpp"
#include "config/show_problems.hpp"
#include "config/suggest.hpp"
#include "control_socket.hpp"
#include "dead_letters.hpp"
#include "drawing/graph_svg.hpp"
#include "drawing/graph_text.hpp"
#include "graph/trial.hpp"
#include "http/client.hpp"
#include "intake/inspect.hpp"
#include "pipeline_test/run_case.hpp"
#include "plugin/catalog.hpp"
#include "plugin/describe.hpp"
#include "plugin/option_texts.hpp"
#include "plugin/pipeline_schema.hpp"
#include "plugin/reference.hpp"
#include "run.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

int check_command(const std::vector<std::string>& files, bool json,
                  const CommonArguments& arguments) {
  set_up_logging(spdlog::level::off, LogFormat::kText);
  std::vector<Problems> all;
  bool well = true;
  const bool colour = isatty(STDERR_FILENO) && !std::getenv("NO_COLOR");
  for (const std::string& file : files) {
    LoadedPipeline loaded = load_pipeline(file, arguments);
    if (loaded.pipeline) try_nodes(std::move(*loaded.pipeline), loaded.problems);
    const bool file_is_well = loaded.pipeline && loaded.problems.empty();
    well = well && file_is_well;
    if (!json) {
      const std::string text = problems_with_source(loaded.problems, colour);
      // Colours are escape codes, which std::cerr does not let pass.
      if (colour) std::fputs(text.c_str(), stderr);
      else std::cerr << text;
      if (file_is_well) std::cout << fmt::format("{}: well\n", file);
    }
    all.push_back(std::move(loaded.problems));
  }
  if (json) std::cout << problems_as_json(all);
  return well ? 0 : 1;
}

int run_command(const std::string& file, const CommonArguments& arguments) {
  const auto load = [&] { return load_pipeline(file, arguments); };
  LoadedPipeline loaded = load();
  if (loaded.pipeline) return run_pipeline(std::move(loaded), load);
  std::cerr << loaded.problems.text();
  return 1;
}

int reload_command(int process) {
  if (process == 0) {
    const std::vector<pid_t> running = running_engines();
    if (running.size() != 1) {
      std::cerr << (running.empty()
                        ? std::string("no engine runs here\n")
                        : fmt::format("several engines run here: choose one of --pid {}\n",
                                      fmt::join(running, ", ")));
      return 1;
    }
    process = running[0];
  }
  std::string words;
  const bool done = ask_to_reload(process, words);
  (done ? std::cout : std::cerr) << (done ? "reloaded: " : "not reloaded: ") << words << "\n";
  return done ? 0 : 1;
}

namespace {

LoadCase case_loader(const CommonArguments& arguments) {
  return [&arguments](const TestCase& test, const std::function<void(PipelineFile&)>& change) {
    const Lookup lookup = [&](const std::string& name) -> std::optional<std::string> {
      const auto own = test.variables.find(name);
      return own == test.variables.end() ? environment(name) : own->second;
    };
    return load_changed(test.pipeline, arguments, lookup, [&](PipelineFile& file, Problems&) {
      if (change) change(file);
      else file.leave_ends_unchecked();
    });
  };
}

}  // namespace

int test_command(const std::vector<std::string>& folders, bool update,
                 const CommonArguments& arguments) {
  set_up_logging(spdlog::level::off, LogFormat::kText);
  const LoadCase load = case_loader(arguments);
  size_t count = 0, failed = 0;
  for (const std::string& folder : folders) {
    std::error_code unreadable;
    const std::filesystem::directory_iterator entries(folder, unreadable);
    const std::vector<std::string> cases = find_cases(folder);
    if (unreadable) {
      std::cerr << file_error("cannot open folder", folder, unreadable.value(), FileUse::kRead)
                << "\n";
      ++failed;
    } else if (cases.empty()) {
      std::cerr << fmt::format("{}: there is no case, a folder with pipeline.toml or case.toml\n",
                               folder);
      ++failed;
    }
    for (const std::string& each : cases) {
      std::string wrong;
      const TestCase test = read_case(each, wrong);
      if (wrong.empty()) wrong = run_case(test, load, update);
      else wrong = fmt::format("  {}\n", wrong);
      ++count;
      failed += !wrong.empty();
      std::cout << fmt::format("{} {}\n{}",
                               wrong.empty() ? update ? "written" : "ok     " : "FAILED ", each,
                               wrong)
                << std::flush;
    }
  }
  std::cout << fmt::format("{} {}, {} failed\n", count, count == 1 ? "case" : "cases", failed);
  return failed == 0 ? 0 : 1;
}

int intake_command(const std::string& folder, bool dump) {
  std::string error;
  if (dump ? dump_intake(folder, std::cout, error) : describe_intake(folder, std::cout, error)) {
    return 0;
  }
  std::cerr << error << "\n";
  return 1;
}

namespace {

// Before anything starts: letters that cannot be read or marked would be waited for without end.
std::string faults_of_letters(const std::vector<std::string>& paths) {
  std::string faults;
  std::set<std::filesystem::path> known;
  for (const std::string& path : paths) {
    std::error_code ignored;
    std::string fault = fault_of_file(path);
    if (fault.empty() && !std::filesystem::is_regular_file(path, ignored)) {
      fault = path + " is a pipe or a device; name a file";
    }
    if (fault.empty() && access(path.c_str(), W_OK) != 0) {
      fault = file_error("cannot mark letters in", path, errno, FileUse::kWrite);
    }
    if (fault.empty() && !known.insert(std::filesystem::canonical(path, ignored)).second) {
      fault = path + " is named twice";
    }
    if (!fault.empty()) faults += "replay: " + fault + "\n";
  }
  return faults;
}

// Where letters of this pipeline can go; with problems told, there is none.
std::optional<LetterTargets> targets_of(const std::string& file, const std::string& into) {
  Problems problems(file);
  const PipelineFile parsed(file, environment, problems);
  const std::vector<std::string> names = parsed.node_names();
  LetterTargets targets{{names.begin(), names.end()}, into};
  if (parsed.readable() && !into.empty() && !targets.nodes.contains(into)) {
    problems.add(
        {}, fmt::format("there is no node \"{}\" to replay into{}", into, suggestion(into, names)));
  }
  if (parsed.readable() && problems.empty()) return targets;
  std::cerr << problems.text();
  return std::nullopt;
}

// `rest`: whether to go on with other letters.
int replay_group(const std::string& file, const LetterFile& letters, const LetterGroup& group,
                 const CommonArguments& arguments, bool& rest) {
  const auto load = [&] { return load_replay(file, group.part, arguments); };
  LoadedPipeline loaded = load();
  if (!loaded.pipeline) {
    std::cerr << loaded.problems.text();
    return 1;
  }
  std::cerr << fmt::format("{}: replaying {} letters into {}\n", letters.path(), group.waiting,
                           group.part.into);
  bool asked_to_end = false;
  if (const int code = run_pipeline(std::move(loaded), load, &asked_to_end)) return code;
  rest = !asked_to_end;
  std::string error;
  const std::optional<uint64_t> undone = undone_in_intake(group.part.folder, error);
  if (undone == 0) error = letters.finish(group);
  if (undone.value_or(0) > 0) {
    std::cerr << fmt::format(
        "{}: {} letters are still queued in {}; run the replay again to continue\n", letters.path(),
        *undone, group.part.folder);
    return kUndone;
  }
  if (!error.empty()) {
    std::cerr << error << "\n";
    return 1;
  }
  const uint64_t waiting = asked_to_end ? letters.still_waiting(group) : 0;
  if (waiting == 0) return 0;
  std::cerr << fmt::format(
      "{}: {} letters were not replayed yet; run the replay again to continue\n", letters.path(),
      waiting);
  return kUndone;
}

}  // namespace

int replay_command(const std::string& file, const std::vector<std::string>& letters,
                   const std::string& into, const CommonArguments& arguments) {
  std::vector<std::string> paths;
  paths.reserve(letters.size());
  for (const std::string& each : letters) paths.push_back(std::filesystem::absolute(each));
  if (const std::string faults = faults_of_letters(paths); !faults.empty()) {
    std::cerr << faults;
    return 1;
  }
  const std::optional<LetterTargets> targets = targets_of(file, into);
  if (!targets) return 1;
  const auto tell = [](const std::string& what) { std::cerr << what << "\n"; };
  std::vector<LetterFile> files;
  std::string faults;
  for (const std::string& each : paths) {
    files.emplace_back(each);
    faults += files.back().read(*targets, tell);
  }
  std::cerr << faults;
  if (!faults.empty()) return 1;
  // One after the other: what becomes of a letter depends on nothing else that is replayed.
  bool rest = true;
  for (const LetterFile& each : files) {
    if (each.groups().empty()) tell(each.path() + ": nothing to replay");
    for (const LetterGroup& group : each.groups()) {
      if (!rest) return kUndone;
      if (const int code = replay_group(file, each, group, arguments, rest)) return code;
    }
  }
  return 0;
}

int health_command(const HttpPlace& place) {
  const HttpAnswer answer = http_get(place);
  if (answer.status == 0) {
    std::cerr << answer.body << "\n";
    return 1;
  }
  std::cout << answer.body;
  return answer.status / 100 == 2 ? 0 : 1;
}

int tap_command(const std::string& port, size_t limit, double rate, const HttpPlace& place) {
  const size_t dot = port.find('.');
  const std::string query =
      fmt::format("/tap?node={}&port={}&limit={}&rate={}", url_encoded(port.substr(0, dot)),
                  dot == std::string::npos ? "" : url_encoded(port.substr(dot + 1)), limit, rate);
  std::string rest;
  const HttpAnswer answer = http_stream(place, query, [&](std::string_view piece) {
    rest += piece;
    // Whole lines, so that a pipe's reader never waits for the end of one; empty ones say nothing.
    for (size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      if (end > 0) std::cout << std::string_view(rest).substr(0, end + 1);
    }
    return static_cast<bool>(std::cout.flush());
  });
  if (answer.status / 100 == 2) return 0;
  std::cerr << answer.body << (answer.body.ends_with('\n') ? "" : "\n");
  return 1;
}

int graph_command(const std::string& file, const std::string& format,
                  const CommonArguments& arguments) {
  // It may be drawn on another machine than it runs on.
  const LoadedPipeline loaded =
      load_changed(file, arguments, environment,
                   [](PipelineFile& parsed, Problems&) { parsed.leave_ends_unchecked(); });
  std::cerr << loaded.problems.text();
  if (!loaded.pipeline) return 1;
  std::cout << (format == "svg"   ? svg_graph(*loaded.pipeline)
                : format == "dot" ? dot_graph(*loaded.pipeline)
                                  : mermaid_graph(*loaded.pipeline));
  return 0;
}

int init_command(const StarterParts& parts, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string error;
  const std::string text = starter_file(catalog, parts, error);
  std::cout << text;
  if (text.empty()) std::cerr << error << "\n";
  return text.empty() ? 1 : 0;
}

int schema_command(const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string problems;
  std::cout << pipeline_schema(catalog, problems);
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

int reference_command(const std::string& folder, const std::string& commands,
                      const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string problems;
  std::map<std::string, std::string> pages = reference_pages(catalog, problems);
  pages["commands.md"] = commands;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    std::cerr << file_error("cannot create", folder, error.value(), FileUse::kFill) << "\n";
    return 1;
  }
  for (const auto& [name, text] : pages) {
    const std::string path = (std::filesystem::path(folder) / name).string();
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) {
      problems += file_error("cannot write", path, errno, FileUse::kWrite) + "\n";
    }
  }
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

int plugins_command(const std::string& name, const CommonArguments& arguments) {
  Catalog catalog(Catalog::standard_folders({}, arguments.plugin_dirs));
  std::string error;
  if (!name.empty()) {
    std::vector<std::string> meant = catalog.names_for(name);
    if (meant.empty()) meant = {name};  // which says where it was looked for
    for (size_t i = 0; i < meant.size(); ++i) {
      const Library* library = catalog.open(meant[i], error);
      if (!library) {
        std::cerr << error << "\n";
        return 1;
      }
      std::cout << (i > 0 ? "\n" : "") << describe(library->plugin());
    }
    return 0;
  }
  std::string problems;
  const auto list = [](const std::string& each, const Library& library) {
    const penstock_node_type& type = *library.find("");
    std::cout << fmt::format("{:<18} {:<10} {}\n", each, kind_name(type.kind), type.summary);
  };
  catalog.visit_all(list, problems);
  std::cerr << problems;
  return problems.empty() ? 0 : 1;
}

}  // namespace penstock::engine
