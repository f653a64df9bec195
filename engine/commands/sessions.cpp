// `penstock sessions --forget`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <penstock/file_error.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <vector>

#include "commands/command_line.hpp"
#include "config/nodes.hpp"
#include "config/suggest.hpp"
#include "intake/folder.hpp"
#include "intake/inspect.hpp"
#include "provenance/batch.hpp"
#include "service/run.hpp"

namespace penstock::engine {
namespace {

constexpr const char* kStoredSuffix = ".stored";

std::string text_of(const NodeDescription& node, size_t option) {
  const penstock_text text = node.values.values()[option].text;
  return {text.data, text.size};
}

// Of the option that names its session, or nothing.
std::optional<size_t> session_option(const NodeDescription& node) {
  for (size_t i = 0; i < node.type->option_count; ++i) {
    if (strided(node.type->options, i).flags & PENSTOCK_OPTION_SESSION) return i;
  }
  return std::nullopt;
}

Result<const NodeDescription*> find_source(const PipelineDescription& pipeline,
                                           const std::string& name) {
  std::vector<std::string> names;
  const NodeDescription* found = nullptr;
  for (const NodeDescription& node : pipeline.nodes) {
    if (!session_option(node) || (!name.empty() && node.name != name)) continue;
    names.push_back(node.name);
    found = &node;
  }
  if (names.size() == 1) return found;
  if (names.size() > 1) {
    return fail(fmt::format("several sources have sessions: choose one with --node: {}",
                            fmt::join(names, ", ")));
  }
  if (name.empty()) return fail("the pipeline has no source with a session");
  std::vector<std::string> all;
  for (const NodeDescription& node : pipeline.nodes) all.push_back(node.name);
  const bool is_there = std::find(all.begin(), all.end(), name) != all.end();
  if (is_there) return fail(fmt::format("node \"{}\" has no session", name));
  return fail(fmt::format("there is no node \"{}\"{}", name, suggestion(name, all)));
}

// Beside the source's own intake, and always the same for a session, so that what one try left is
// there for the next.
std::string folder_for(const NodeDescription& node, size_t option, const std::string& session) {
  std::string identity = session;
  for (size_t i = 0; i < node.type->option_count; ++i) {
    const bool is_part = strided(node.type->options, i).flags & PENSTOCK_OPTION_IDENTITY;
    if (is_part && i != option) identity.append(1, '\n').append(text_of(node, i));
  }
  std::filesystem::path above = std::filesystem::path(plain_path(node.buffer.path)).parent_path();
  if (node.buffer.path.empty()) {
    const char* state = std::getenv("STATE_DIRECTORY");
    // systemd's, of several folders with a colon in between.
    const std::string first =
        state ? std::string(state).substr(0, std::string(state).find(':')) : "";
    above = first.empty() ? "." : first;
  }
  return (above / fmt::format("session-{:016x}", node_number(identity))).string();
}

// Whether it is that of a source with several connections, such as client_id-2.
bool is_numbered(const std::string& session, const std::string& name) {
  if (!session.starts_with(name + "-") || session.size() == name.size() + 1) return false;
  return session.find_first_not_of("0123456789", name.size() + 1) == std::string::npos;
}

// Why the session is another one's, as far as can be seen here.
std::string fault_of_use(const NodeDescription& node, size_t option, const std::string& session) {
  const std::string name = text_of(node, option);
  if (name != session && !is_numbered(session, name)) return "";
  if (node.buffer.path.empty()) return "";
  const int process = Folder::owner_pid(node.buffer.path);
  if (process <= 0) return "";
  return fmt::format("{} {} is in use by process {}; end that one first",
                     strided(node.type->options, option).name, session, process);
}

std::string remove_stored(const std::string& folder) {
  std::error_code error;
  const std::string stored = folder + kStoredSuffix;
  std::filesystem::remove_all(stored, error);
  if (!error && std::filesystem::exists(folder)) std::filesystem::rename(folder, stored, error);
  if (!error) std::filesystem::remove_all(stored, error);
  return error ? file_error("cannot remove", folder, error.value(), FileUse::kWrite) : "";
}

int refuse(const std::string& file, const std::string& why) {
  std::cerr << fmt::format("{}: {}\n", file, why);
  return 1;
}

int sessions_command(const std::string& file, const std::string& session, const std::string& node,
                     const CommonArguments& arguments) {
  const LoadedPipeline whole = load_pipeline(file, arguments);
  if (!whole.pipeline) {
    std::cerr << whole.problems.text();
    return 1;
  }
  const auto found = find_source(*whole.pipeline, node);
  if (!found) return refuse(file, found.error());
  const NodeDescription& source = **found;
  const size_t option = *session_option(source);
  const std::string use = fault_of_use(source, option, session);
  if (!use.empty()) return refuse(file, use);
  const SessionPart part{source.name, strided(source.type->options, option).name, session,
                         folder_for(source, option, session)};
  const auto load = [&] { return load_session(file, part, arguments); };
  LoadedPipeline loaded = load();
  if (!loaded.pipeline) {
    std::cerr << loaded.problems.text();
    return 1;
  }
  bool asked_to_end = false;
  const int code = run_pipeline(std::move(loaded), load, &asked_to_end);
  if (code != 0 && Folder::owner_pid(part.folder) > 0) return code;  // another try's
  if (asked_to_end) {
    std::cerr << fmt::format(
        "the session of {} may still exist; run the command again to continue\n", session);
    return code == 0 ? kUndone : code;
  }
  // What is known there of messages that the outside may send again is for the next try.
  const bool is_needed = code != 0 && !is_unused_intake(part.folder);
  if (is_needed) return code;
  const auto undone = undone_in_intake(part.folder);
  if (undone.value_or(1) > 0) return undone ? code : refuse(file, undone.error());
  const std::string fault = remove_stored(part.folder);
  return fault.empty() ? code : refuse(file, fault);
}

}  // namespace

void add_sessions(CommandLine& line) {
  struct Arguments {
    std::string file, session, node;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App& sessions = line.add(
      "sessions",
      "End a session that a server keeps for an instance that is gone for good: what waits in it "
      "goes through the pipeline, safe while another engine runs",
      "sessions --forget data-ingestion-old pipelines/default.toml", [&line, arguments] {
        return sessions_command(arguments->file, arguments->session, arguments->node, line.common);
      });
  add_pipeline_file(sessions, arguments->file);
  sessions.add_option("--forget", arguments->session, "The session's name, such as a client_id")
      ->required()
      ->type_name("NAME");
  sessions
      .add_option("--node", arguments->node,
                  "The source whose session it was; needed where several have one")
      ->type_name("NODE");
}

}  // namespace penstock::engine
