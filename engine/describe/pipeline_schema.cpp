#include "describe/pipeline_schema.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/choice.hpp"
#include "config/engine_options.hpp"
#include "config/option_values.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

// Any value may be given by a variable: a text with ${…}, of which a schema can't say more.
constexpr const char* kReference = "\\$\\{";
constexpr const char* kClosedReferences = "^(?!.*\\$\\{[^}]*$)";

Json text(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", pattern + "|" + kReference}};
}

Json choices(const char* separated) {
  Json names = Json::array();
  std::istringstream stream(separated);
  for (std::string name; std::getline(stream, name, ',');) {
    names.push_back(name);
    for (std::string& other : other_words_for(name)) names.push_back(std::move(other));
  }
  return {{"enum", names}};
}

Json number(const char* type, const penstock_option& option) {
  Json schema{{"type", type}};
  const Bounds bounds = bounds_of(option);
  if (!std::isinf(bounds.min)) schema["minimum"] = bounds.min;
  if (!std::isinf(bounds.max)) schema["maximum"] = bounds.max;
  return schema;
}

Json any_of(const Json& one, const Json& other) { return {{"anyOf", Json::array({one, other})}}; }

Json value_of(const penstock_option& option) {
  const Json strings{{"type", "array"}, {"items", {{"type", "string"}}}};
  switch (option.type) {
    case PENSTOCK_INTEGER: return any_of(number("integer", option), text("^-?[0-9]+$"));
    case PENSTOCK_NUMBER: return any_of(number("number", option), text("^-?[0-9.eE+-]+$"));
    case PENSTOCK_BOOLEAN:
      return any_of({{"type", "boolean"}}, text("^(true|false|1|0|yes|no|on|off)$"));
    case PENSTOCK_DURATION: return text("^(0|([0-9.]+ *(ns|us|µs|ms|s|m|h|d) *)+)$");
    case PENSTOCK_SIZE:
      return any_of(number("integer", option), text("^[0-9.]+ *(B|[kKMG]B|[KMGT]iB)?$"));
    case PENSTOCK_LIST: return any_of(strings, {{"type", "string"}});
    case PENSTOCK_ENUM: return any_of(choices(option.choices), text("^$"));
    default: return {{"type", "string"}, {"pattern", kClosedReferences}};
  }
}

Json schema_of(const penstock_option& option) {
  Json schema = value_of(option);
  std::string help = option.help;
  if (option.unit) help += std::string(" In ") + option.unit + ".";
  if (option.default_value) help += std::string(" Default: ") + option.default_value;
  schema["description"] = help;
  return schema;
}

Json closed_table(Json properties, const Json& required, const char* help) {
  Json table{{"type", "object"}, {"description", help}, {"properties", std::move(properties)}};
  if (!required.empty()) table["required"] = required;
  table["additionalProperties"] = false;
  return table;
}

template <class Options>
Json properties_of() {
  Json properties = Json::object();
  for (const Option& option : Options::table()) {
    properties[option.declaration.name] = schema_of(option.declaration);
  }
  return properties;
}

// A node of one type: the engine's keys that it may have, and its plugin's.
Json node_of(const std::string& plugin, const penstock_node_type& type) {
  Json properties{{"plugin", {{"const", plugin}}}};
  Json required = Json::array({"plugin"});
  const Json engine = properties_of<NodeEngineOptions>();
  if (type.kind == PENSTOCK_SOURCE) {
    Json buffer = closed_table(properties_of<BufferOptions>(), Json::array(),
                               "Where accepted messages wait until they are stored.");
    const Json is_disk{{"required", {"type"}}, {"properties", {{"type", {{"const", "disk"}}}}}};
    buffer["if"] = is_disk;
    buffer["then"] = {{"required", {"path"}}};
    properties["buffer"] = buffer;
  } else {
    properties["inputs"] = {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}};
    properties["inputs"]["description"] = "Nodes, or ports of nodes such as decoder.rejected.";
    properties["parallelism"] = engine["parallelism"];
    required.push_back("inputs");
  }
  if (type.kind == PENSTOCK_TRANSFORM) properties["ordered"] = engine["ordered"];
  for (size_t i = 0; i < type.option_count; ++i) {
    const penstock_option& option = strided(type.options, i);
    properties[option.name] = schema_of(option);
    if (option.flags & PENSTOCK_OPTION_REQUIRED) required.push_back(option.name);
  }
  return closed_table(std::move(properties), required, type.summary);
}

}  // namespace

std::string pipeline_schema(Catalog& catalog, std::string& problems) {
  Json names = Json::array(), by_plugin = Json::array();
  const auto add = [&](const std::string& name, const penstock_node_type& type) {
    names.push_back(name);
    by_plugin.push_back(Json{{"if", {{"properties", {{"plugin", {{"const", name}}}}}}},
                             {"then", node_of(name, type)}});
  };
  const auto add_all = [&](const std::string& name, const Library& library) {
    const penstock_plugin& plugin = library.plugin();
    for (size_t i = 0; i < plugin.type_count; ++i) {
      const penstock_node_type& type = strided(plugin.types, i);
      if (i == 0) add(name, type);
      add(name + "." + type.name, type);
    }
  };
  catalog.visit_all(add_all, problems);
  const Json node{
      {"type", "object"},
      {"required", Json::array({"plugin"})},
      {"properties", {{"plugin", {{"enum", names}, {"description", "What the node is."}}}}},
      {"allOf", by_plugin}};
  Json sections;
  Json service = properties_of<ServiceOptions>();
  service["name"]["pattern"] = "^[A-Za-z_-][A-Za-z0-9_-]*$|" + std::string(kReference);
  sections["service"] = closed_table(service, Json::array(), "The pipeline.");
  sections["http"] = closed_table(properties_of<HttpOptions>(), Json::array(),
                                  "The HTTP listener; none without it.");
  sections["logging"] = closed_table(properties_of<LoggingOptions>(), Json::array(), "The log.");
  sections["nodes"] = {{"type", "object"},
                       {"description", "The nodes, a table each."},
                       {"minProperties", 1},
                       {"propertyNames", {{"pattern", R"(^[^./\x00-\x1F\x7F]+$)"}}},
                       {"additionalProperties", node}};
  const Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                    {"title", "Penstock pipeline"},
                    {"type", "object"},
                    {"required", Json::array({"nodes"})},
                    {"properties", sections},
                    {"additionalProperties", false}};
  return schema.dump(2) + "\n";
}

}  // namespace penstock::engine
