#include "plugin/loaded_pipeline.hpp"

#include <fmt/format.h>

namespace penstock::engine {
namespace {

// The command line's word is what is in force.
void show_override(NamedOptions& shown, const std::string& option, const std::string& value) {
  if (value.empty()) return;
  for (auto& [name, its] : shown) {
    if (name == option) its = {value, "--log-" + option, "the command line", true, false};
  }
}

void override_logging(LoggingOptions& logging, const CommonArguments& arguments) {
  if (arguments.log_level == "debug") logging.level = LogLevel::kDebug;
  if (arguments.log_level == "info") logging.level = LogLevel::kInfo;
  if (arguments.log_level == "warning") logging.level = LogLevel::kWarning;
  if (arguments.log_level == "error") logging.level = LogLevel::kError;
  if (arguments.log_format == "text") logging.format = LogFormat::kText;
  if (arguments.log_format == "json") logging.format = LogFormat::kJson;
  if (arguments.log_format == "journal") logging.format = LogFormat::kJournal;
}

}  // namespace

bool find_file_plugins(Catalog& catalog, FilePlugins& plugins, Problems& problems) {
  const auto find = [&](std::string& name, penstock_kind kind, uint32_t flags, const char* what) {
    const std::vector<std::string> found = catalog.names_with(kind, flags, 1);
    if (!found.empty()) name = found.front();
    else problems.add({}, fmt::format("no plugin {}; see `penstock plugins`", what));
    return !found.empty();
  };
  constexpr uint32_t kLetters = PENSTOCK_NODE_LETTERS;
  return find(plugins.source, PENSTOCK_SOURCE, PENSTOCK_NODE_FILE | kLetters, "reads files") &&
         find(plugins.sink, PENSTOCK_SINK, PENSTOCK_NODE_FILE, "writes files") &&
         find(plugins.letters, PENSTOCK_TRANSFORM, kLetters, "reads letters of rows");
}

LoadedPipeline load_changed(const std::string& file, const CommonArguments& arguments,
                            const Lookup& lookup, const ChangeFile& change) {
  LoadedPipeline loaded;
  Problems problems(file);
  PipelineFile parsed(file, lookup, problems);
  loaded.catalog = std::make_unique<Catalog>(
      Catalog::standard_folders(parsed.service().plugin_path, arguments.plugin_dirs));
  // A file that isn't TOML has nothing more to say.
  if (parsed.readable()) {
    if (change) change(parsed, *loaded.catalog, problems);
    loaded.pipeline = parsed.describe(
        [&](const std::string& plugin) { return loaded.catalog->find(plugin); }, problems);
  }
  if (loaded.pipeline && arguments.connect) {
    parsed.check_outside(*loaded.pipeline, problems);
    if (!problems.empty()) loaded.pipeline.reset();
  }
  if (loaded.pipeline) {
    override_logging(loaded.pipeline->logging, arguments);
    NamedOptions& shown = loaded.pipeline->shown["logging"];
    show_override(shown, "level", arguments.log_level);
    show_override(shown, "format", arguments.log_format);
  }
  loaded.problems = std::move(problems);
  return loaded;
}

LoadedPipeline load_pipeline(const std::string& file, const CommonArguments& arguments) {
  return load_changed(file, arguments, environment, {});
}

LoadedPipeline load_replay(const std::string& file, const ReplayPart& part,
                           const CommonArguments& arguments) {
  return load_changed(file, arguments, environment,
                      [&](PipelineFile& parsed, Catalog& catalog, Problems& problems) {
                        FilePlugins plugins;
                        if (find_file_plugins(catalog, plugins, problems))
                          parsed.replay(part, plugins, problems);
                      });
}

LoadedPipeline load_session(const std::string& file, const SessionPart& part,
                            const CommonArguments& arguments) {
  return load_changed(file, arguments, environment,
                      [&](PipelineFile& parsed, Catalog&, Problems& problems) {
                        parsed.end_session(part, problems);
                      });
}

}  // namespace penstock::engine
