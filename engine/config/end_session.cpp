// `penstock sessions --forget`: a pipeline file one of whose sources ends a session.
#include <fmt/format.h>

#include "config/nodes.hpp"
#include "config/pipeline_file.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {

void PipelineFile::end_session(const SessionPart& part, Problems& problems) {
  toml::table* nodes = root_["nodes"].as_table();
  toml::table* node = nodes ? (*nodes)[part.node].as_table() : nullptr;
  if (!node) {
    problems.add({}, fmt::format("there is no node \"{}\"{}", part.node,
                                 suggestion(part.node, node_names())));
    return;
  }
  // The engine that runs has the port, and the other sources.
  root_.erase("http");
  keep_reached(*nodes, part.node);
  node->insert_or_assign(part.option, part.session);
  if (!(*node)["buffer"].is_table()) node->insert_or_assign("buffer", toml::table{});
  toml::table& buffer = *(*node)["buffer"].as_table();
  buffer.insert_or_assign("type", "disk");
  buffer.insert_or_assign("path", part.folder);
  buffer.erase("overflow");  // what waits is not to be dropped
  ends_session_ = part.node;
}

}  // namespace penstock::engine
