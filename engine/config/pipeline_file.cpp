#include "config/pipeline_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/file_text.hpp"
#include "config/listener.hpp"
#include "config/nodes.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

constexpr std::array<std::string_view, 4> kSections{"service", "http", "logging", "nodes"};

// The options of one of the engine's own sections.
template <class Options>
Options read_section(const toml::table& root, const char* name, const Lookup& lookup,
                     Problems& problems) {
  static const toml::table no_table;
  const toml::node* node = root.get(name);
  const toml::table* section = node ? node->as_table() : &no_table;
  if (!section) {
    problems.add(location(*node), fmt::format("{} is not a table; write [{}]", name, name));
    section = &no_table;
  }
  return parse_engine_options<Options>(*section, node ? location(*node) : Location{}, lookup,
                                       problems);
}

bool is_service_name(const std::string& name) {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), allowed);
}

// What a parser's error usually comes from.
std::string_view advice(std::string_view error) {
  const auto has = [&](std::string_view part) {
    return error.find(part) != std::string_view::npos;
  };
  if (has("determine value type")) return "; a text stands in quotes: \"…\"";
  if (has("expected value")) return "; write a value behind the =";
  if (has("existing string") || has("existing value")) return "; remove one of the two";
  if (has("existing table")) return "; put both into one [table]";
  if (has("table header")) return "; a table begins with [name] on a line of its own";
  return "";
}

}  // namespace

PipelineFile::PipelineFile(const std::string& path, const Lookup& lookup, Problems& problems)
    : path_(path), lookup_(lookup) {
  constexpr size_t kMostBytes = 16 << 20;
  const FileText file = read_file_text(path, kMostBytes);
  if (!file.error.empty() || file.text.empty()) {
    problems.add(
        {}, fmt::format("cannot be read: {}", file.error.empty() ? "it is empty" : file.error));
    return;
  }
  problems.set_source(file.text);
  try {
    root_ = toml::parse(file.text, path);
  } catch (const toml::parse_error& e) {
    const toml::source_position at = e.source().begin;
    problems.add({static_cast<unsigned>(at.line), static_cast<unsigned>(at.column)},
                 fmt::format("not TOML: {}{}", e.description(), advice(e.description())));
    return;
  }
  readable_ = true;
  service_ = read_section<ServiceOptions>(root_, "service", lookup_, problems);
}

std::optional<PipelineDescription> PipelineFile::describe(const FindNodeType& find,
                                                          Problems& problems) const {
  PipelineDescription pipeline;
  pipeline.file = path_;
  pipeline.service = service_;
  if (!is_service_name(service_.name)) {
    problems.add({}, fmt::format("service.name: \"{}\" may have letters, digits, - and _, and "
                                 "begins with a letter",
                                 service_.name));
  }
  for (const auto& [key, node] : root_) {
    if (std::find(kSections.begin(), kSections.end(), key.str()) != kSections.end()) continue;
    problems.add(location(key),
                 fmt::format("unknown section [{}]{}", key.str(),
                             suggestion(key.str(), {kSections.begin(), kSections.end()})));
  }
  if (root_.contains("http")) {
    pipeline.http = read_section<HttpOptions>(root_, "http", lookup_, problems);
    check_listener(root_, *pipeline.http, problems);
  }
  pipeline.logging = read_section<LoggingOptions>(root_, "logging", lookup_, problems);

  const toml::node* section = root_.get("nodes");
  const toml::table* tables = section ? section->as_table() : nullptr;
  if (!tables || tables->empty()) {
    problems.add(section ? location(*section) : Location{},
                 "there are no nodes; write a [nodes.NAME] table for each");
    return std::nullopt;
  }
  pipeline.nodes = read_nodes(*tables, find, lookup_, problems);
  for (NodeDescription& node : pipeline.nodes) node.validate_batches = service_.validate_batches;
  check_folders(*tables, pipeline.nodes, problems);
  const bool connected = connect_nodes(*tables, pipeline.nodes, problems);
  check_options(*tables, pipeline.nodes, service_, problems);
  if (connected) check_schemas(pipeline.nodes, service_.name, problems);
  if (!problems.empty()) return std::nullopt;
  lint(root_, pipeline, problems);
  return pipeline;
}

void PipelineFile::check_outside(const PipelineDescription& pipeline, Problems& problems) const {
  if (pipeline.http) try_listener(root_, *pipeline.http, problems);
  check_connections(*root_["nodes"].as_table(), pipeline.nodes, service_, problems);
}

}  // namespace penstock::engine
