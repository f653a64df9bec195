// A pipeline as its file describes it, checked: what the graph is built from.
#pragma once

#include <penstock/plugin.h>
#include <penstock/schema.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/engine_options.hpp"
#include "config/option_values.hpp"
#include "config/problems.hpp"
#include "config/result.hpp"

namespace penstock::engine {

struct SchemaDeleter {
  void operator()(ArrowSchema* schema) const {
    if (schema->release) schema->release(schema);
    delete schema;
  }
};
// A schema at an address that stays.
using OwnedSchema = std::unique_ptr<ArrowSchema, SchemaDeleter>;

struct InputDescription {
  size_t node = 0;  // index in PipelineDescription::nodes
  size_t port = 0;  // index in that node's ports
  Location at;
};

struct PortDescription {
  std::string name;
  OwnedSchema schema;  // none as long as the file has errors
};

struct NodeDescription {
  std::string name;
  std::string plugin;
  Location at;
  const penstock_node_type* type = nullptr;
  uint32_t parallelism = 1;
  bool ordered = false;        // transforms
  uint32_t extra_columns = 0;  // sources: PENSTOCK_COLUMN_…
  OptionValues values;
  std::vector<InputDescription> inputs;
  // Copies of the schemas of `inputs`, once all are known: a source may outlive its description.
  // And where they are.
  std::vector<OwnedSchema> input_schemas;
  std::vector<const ArrowSchema*> inputs_at;
  // Of each input, how many before it have a source in common with it: so many other ways the same
  // messages may have come.
  std::vector<uint32_t> ways;
  std::vector<PortDescription> ports;  // declared ones, then `rejected` where there is one
  BufferOptions buffer;                // sources
  NamedOptions shown_buffer;           // its options
  // penstock_intake: a source's own; for others the least safe that reaches them.
  int32_t intake = PENSTOCK_INTAKE_SYNCED;
  bool options_are_valid = false;
  bool validate_batches = false;  // the service's
  bool ends_session = false;      // see penstock_settings

  // `rejected` is the last port of every transform and sink.
  size_t rejected_port() const { return ports.size() - 1; }
  penstock_settings settings(const std::string& service) const;
};

struct PipelineDescription {
  std::string file;
  ServiceOptions service;
  std::optional<HttpOptions> http;
  LoggingOptions logging;
  std::map<std::string, NamedOptions> shown;  // of the sections above, by name
  std::vector<NodeDescription> nodes;         // an input's node comes before those that read it
};

// A plugin's node type by the name in `plugin = …`.
using FoundNodeType = Result<const penstock_node_type*>;
using FindNodeType = std::function<FoundNodeType(const std::string& plugin)>;

}  // namespace penstock::engine
