// `penstock replay`: puts dead letters through a pipeline's node once more.
#include <fmt/format.h>
#include <unistd.h>

#include <penstock/file_error.hpp>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>

#include "commands/command_line.hpp"
#include "commands/letter_file.hpp"
#include "config/pipeline_file.hpp"
#include "config/suggest.hpp"
#include "intake/inspect.hpp"
#include "service/run.hpp"

namespace penstock::engine {

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

// `rest`: whether to continue with other letters.
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
  const auto undone = undone_in_intake(group.part.folder);
  if (undone.value_or(0) > 0) {
    std::cerr << fmt::format(
        "{}: {} letters are still queued in {}; run the replay again to continue\n", letters.path(),
        *undone, group.part.folder);
    return kUndone;
  }
  const std::string fault = undone ? letters.finish(group) : undone.error();
  if (!fault.empty()) {
    std::cerr << fault << "\n";
    return 1;
  }
  const uint64_t waiting = asked_to_end ? letters.still_waiting(group) : 0;
  if (waiting == 0) return 0;
  std::cerr << fmt::format(
      "{}: {} letters were not replayed yet; run the replay again to continue\n", letters.path(),
      waiting);
  return kUndone;
}

// 0 when each is stored or rejected again, 2 when it was interrupted and there is more to replay, 1
// after an error.
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

}  // namespace

void add_replay(CommandLine& line) {
  struct Arguments {
    std::string pipeline, into;
    std::vector<std::string> letters;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& replay =
      line.add("replay", "Replay dead letters through a pipeline after fixing the cause",
               "replay dead-letters.ndjson --pipeline pipelines/default.toml", [&line, arguments] {
                 return replay_command(arguments->pipeline, arguments->letters, arguments->into,
                                       line.common);
               });
  replay.add_option("FILE", arguments->letters, "Files of dead letters")->required();
  replay.add_option("--pipeline", arguments->pipeline, "The pipeline file")
      ->required()
      ->type_name("FILE");
  replay
      .add_option("--into", arguments->into,
                  "Node that takes message letters and letters from nodes no longer in the "
                  "pipeline; default: the node that rejected each letter")
      ->type_name("NODE");
}

}  // namespace penstock::engine
