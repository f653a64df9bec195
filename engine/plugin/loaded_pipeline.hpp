// A pipeline file, read and checked with the plugins that it uses.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/pipeline_file.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

struct CommonArguments {
  std::vector<std::string> plugin_dirs;
  std::string log_level;  // empty: as the file says
  std::string log_format;
  bool connect = false;  // also try what the nodes need of other systems
};

struct LoadedPipeline {
  std::unique_ptr<Catalog> catalog;  // holds the plugins' libraries open
  std::optional<PipelineDescription> pipeline;
  Problems problems{""};  // why there is none, or warnings
};

LoadedPipeline load_pipeline(const std::string& file, const CommonArguments& arguments);
// With other variables than those of the environment, and changed before it is checked.
using ChangeFile = std::function<void(PipelineFile&, Catalog&, Problems&)>;
LoadedPipeline load_changed(const std::string& file, const CommonArguments& arguments,
                            const Lookup& lookup, const ChangeFile& change);
// The first of each that the catalog has. False: one is not there, which is added to `problems`.
bool find_file_plugins(Catalog& catalog, FilePlugins& plugins, Problems& problems);
// The pipeline with dead letters for its sources; see PipelineFile::replay.
LoadedPipeline load_replay(const std::string& file, const ReplayPart& part,
                           const CommonArguments& arguments);
// The pipeline with one source, which ends a session; see PipelineFile::end_session.
LoadedPipeline load_session(const std::string& file, const SessionPart& part,
                            const CommonArguments& arguments);

}  // namespace penstock::engine
