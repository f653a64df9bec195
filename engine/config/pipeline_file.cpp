#include "config/pipeline_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/file_text.hpp"
#include "config/key_depth.hpp"
#include "config/listener.hpp"
#include "config/nodes.hpp"
#include "config/plugin_folder.hpp"
#include "config/source_line.hpp"
#include "config/suggest.hpp"

namespace penstock::engine {
namespace {

constexpr std::array<std::string_view, 4> kSections{"service", "http", "logging", "nodes"};

// The options of one of the engine's own sections.
template <class Options>
struct Section {
  Options options;
  NamedOptions shown;
  Masks masks;
  bool ok = false;  // nothing in it is wrong
};

template <class Options>
Section<Options> read_section(const toml::table& root, const char* name, const Lookup& lookup,
                              Problems& problems) {
  static const toml::table no_table;
  const size_t before = problems.errors();
  const toml::node* node = root.get(name);
  const toml::table* table = node ? node->as_table() : &no_table;
  if (!table) {
    problems.add(location(*node), fmt::format("{} is not a table; write [{}]", name, name));
    table = &no_table;
  }
  Section<Options> section;
  section.options =
      parse_engine_options<Options>(*table, node ? location(*node) : Location{}, lookup, problems,
                                    {}, &section.shown, &section.masks);
  section.ok = problems.errors() == before;
  return section;
}

bool is_service_name(const std::string& name) {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), allowed);
}

void check_service_name(const toml::table& root, const std::string& name, Problems& problems) {
  const toml::node* value = root["service"]["name"].node();
  const Location at = value ? location(*value) : Location{};
  if (is_service_name(name) || (value && problems.has_error_at(at))) return;
  problems.add(at, fmt::format("service.name: \"{}\" may have letters, digits, - and _, and "
                               "begins with a letter",
                               name));
}

// Of the value, or of an element of a list.
bool has_error_in(const toml::node& value, const Problems& problems) {
  if (problems.has_error_at(location(value))) return true;
  const toml::array* list = value.as_array();
  return list && std::any_of(list->begin(), list->end(), [&](const toml::node& item) {
           return problems.has_error_at(location(item));
         });
}

bool check_plugin_path(const toml::table& root, const ServiceOptions& service, Problems& problems) {
  const toml::node* value = root["service"]["plugin_path"].node();
  if (!value) return true;
  const size_t before = problems.errors();
  for (const std::string& folder : service.plugin_path) {
    if (const std::string fault = fault_of_plugin_folder(folder); !fault.empty()) {
      problems.add(location(*value), "plugin_path: " + fault);
    } else if (!holds_libraries(folder)) {
      problems.warn(location(*value),
                    fmt::format("plugin_path: there is no plugin (*.so) in {}", folder));
    }
  }
  return problems.errors() == before && !has_error_in(*value, problems);
}

void redact(const Masks& masks, size_t first, Problems& problems) {
  problems.rewrite(first, [&](std::string message) { return masks.redacted(std::move(message)); });
}

// What a parser's error usually comes from.
std::string_view advice(std::string_view error) {
  const auto has = [&](std::string_view part) {
    return error.find(part) != std::string_view::npos;
  };
  if (has("determine value type") || has("parsing floating-point") || has("parsing integer") ||
      has("parsing date")) {
    return "; strings must be quoted: \"…\"";
  }
  if (has("utf-8") || has("UTF-8")) return "; save the file as UTF-8";
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
  const auto text = read_file_text(path, kMostBytes);
  if (!text || text->empty()) {
    problems.add({}, fmt::format("cannot be read: {}", text ? "it is empty" : text.error()));
    return;
  }
  problems.set_source(*text);
  if (const auto at = too_deep_key(*text)) {
    problems.add({at->line, at->column},
                 fmt::format("a key with more than {} parts; shorten it", kMostKeyParts));
    return;
  }
  try {
    root_ = toml::parse(*text, path);
  } catch (const toml::parse_error& e) {
    const toml::source_position at = e.source().begin;
    problems.set_secrets(knowing_secrets_of(*text, lookup_));
    std::string error(e.description());
    if (shown_line(*text, at.line, lookup_).secret) error = without_quotes_of_line(error);
    problems.add({static_cast<unsigned>(at.line), static_cast<unsigned>(at.column)},
                 fmt::format("not TOML: {}{}", error, advice(e.description())));
    return;
  }
  readable_ = true;
  // For its plugin_path; it is read again, and what is wrong with it told, when the secrets are
  // known.
  Problems told_later(path);
  service_ = read_section<ServiceOptions>(root_, "service", lookup_, told_later).options;
}

std::optional<PipelineDescription> PipelineFile::describe(const FindNodeType& find_type,
                                                          Problems& problems) const {
  PipelineDescription pipeline;
  pipeline.file = path_;
  pipeline.service = service_;
  const Lookup lookup = knowing_secrets(find_type);
  problems.set_secrets(lookup);
  auto service = read_section<ServiceOptions>(root_, "service", lookup, problems);
  const size_t first = problems.list().size();
  check_service_name(root_, service_.name, problems);
  const bool path_is_ok = check_plugin_path(root_, service_, problems);
  redact(service.masks, first, problems);
  if (const toml::table* table = root_["service"].as_table()) {
    add_origin_notes(*table, service.shown, first, problems);
  }
  pipeline.shown["service"] = std::move(service.shown);
  for (const auto& [key, node] : root_) {
    if (std::find(kSections.begin(), kSections.end(), key.str()) != kSections.end()) continue;
    problems.add(location(key),
                 fmt::format("unknown section [{}]{}", key.str(),
                             suggestion(key.str(), {kSections.begin(), kSections.end()})));
  }
  const FindNodeType find = [&](const std::string& plugin) {
    FoundNodeType found = find_type(plugin);
    if (!found && !path_is_ok) found.error().clear();  // it may be where nobody could look
    return found;
  };
  if (root_.contains("http")) {
    auto http = read_section<HttpOptions>(root_, "http", lookup, problems);
    pipeline.http = std::move(http.options);
    pipeline.http->masks = http.masks;
    const size_t before = problems.list().size();
    if (http.ok && ends_are_checked_) {
      check_listener(root_, *pipeline.http, problems);
      redact(http.masks, before, problems);
      add_origin_notes(*root_["http"].as_table(), http.shown, before, problems);
    }
    pipeline.shown["http"] = std::move(http.shown);
  }
  auto logging = read_section<LoggingOptions>(root_, "logging", lookup, problems);
  pipeline.logging = logging.options;
  pipeline.shown["logging"] = std::move(logging.shown);

  const toml::node* section = root_.get("nodes");
  const toml::table* tables = section ? section->as_table() : nullptr;
  if (!tables || tables->empty()) {
    problems.add(section ? location(*section) : Location{},
                 "there are no nodes; write a [nodes.NAME] table for each");
    return std::nullopt;
  }
  pipeline.nodes = read_nodes(*tables, find, lookup, problems);
  for (NodeDescription& node : pipeline.nodes) {
    node.validate_batches = service_.validate_batches;
    node.ends_session = node.name == ends_session_;
  }
  check_folders(*tables, pipeline.nodes, problems);
  check_identities(pipeline.nodes, problems);
  const bool connected = connect_nodes(*tables, pipeline.nodes, problems);
  note_intakes(pipeline.nodes);
  if (ends_are_checked_) {
    check_options(*tables, pipeline.nodes, {PENSTOCK_SOURCE}, service_, problems);
  }
  if (connected) check_schemas(pipeline.nodes, service_.name, problems);
  // They know what comes in.
  std::set<int32_t> after{PENSTOCK_TRANSFORM};
  if (ends_are_checked_) after.insert(PENSTOCK_SINK);
  check_options(*tables, pipeline.nodes, after, service_, problems);
  if (!problems.empty()) return std::nullopt;
  lint(root_, pipeline, problems);
  return pipeline;
}

// Which options are secret is known once the plugins are.
Lookup PipelineFile::knowing_secrets(const FindNodeType& find) const {
  Lookup lookup = lookup_;
  const auto add = [&](const toml::node* value) {
    const auto* text = value ? value->as_string() : nullptr;
    if (!text) return;
    for (const std::string& name : variables_in(text->get())) lookup.add_secret(name);
  };
  add(root_["http"]["password"].node());
  const toml::table* nodes = root_["nodes"].as_table();
  if (!nodes) return lookup;
  for (const auto& [key, value] : *nodes) {
    const toml::table* node = value.as_table();
    const auto* plugin = node ? (*node)["plugin"].as_string() : nullptr;
    const penstock_node_type* type = plugin ? find(plugin->get()).value_or(nullptr) : nullptr;
    for (size_t i = 0; type && i < type->option_count; ++i) {
      const penstock_option& option = strided(type->options, i);
      if (option.type == PENSTOCK_SECRET) add((*node)[option.name].node());
    }
  }
  return lookup;
}

void PipelineFile::check_outside(const PipelineDescription& pipeline, Problems& problems) const {
  const size_t first = problems.list().size();
  if (pipeline.http) {
    try_listener(root_, *pipeline.http, problems);
    redact(pipeline.http->masks, first, problems);
  }
  check_connections(*root_["nodes"].as_table(), pipeline.nodes, service_, problems);
}

}  // namespace penstock::engine
