#include "describe/starter_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "config/engine_options.hpp"
#include "config/option_values.hpp"
#include "config/suggest.hpp"
#include "describe/option_texts.hpp"
#include "describe/plugin_text.hpp"

namespace penstock::engine {
namespace {

// A plugin that was asked for, and the node that it becomes.
struct Part {
  std::string plugin;
  std::string node;
  const penstock_node_type* type = nullptr;
};

std::string suffix_of(int32_t kind) {
  if (kind == PENSTOCK_SOURCE) return "_source";
  return kind == PENSTOCK_SINK ? "_sink" : "";
}

Result<Part> find(Catalog& catalog, const std::string& name, int32_t kind) {
  const std::string suffix = suffix_of(kind);
  std::vector<std::string> meant = catalog.names_for(name);
  if (meant.empty()) meant = {name};  // perhaps library.type
  for (const std::string& plugin : meant) {
    const FoundNodeType found = catalog.find(plugin);
    if (!found || (*found)->kind != kind) continue;
    std::string node = plugin;
    if (!suffix.empty() && node.ends_with(suffix)) node.resize(node.size() - suffix.size());
    return Part{plugin, node, *found};
  }
  std::vector<std::string> known;
  for (const std::string& each : catalog.names()) {
    const FoundNodeType found = catalog.find(each);
    if (found && (*found)->kind == kind) known.push_back(each);
  }
  const std::string near = suggestion(name, known);
  return fail(fmt::format("no {} named \"{}\"{}; there are {}", kind_name(kind), name,
                          near.find("did you mean") == std::string::npos ? "" : near,
                          fmt::join(known, ", ")));
}

std::string in_quotes(const std::string& text) { return "\"" + text + "\""; }

// A default as one writes it in TOML.
std::string toml_value(const penstock_option& option, const std::string& text) {
  switch (option.type) {
    case PENSTOCK_INTEGER:
    case PENSTOCK_NUMBER:
    case PENSTOCK_BOOLEAN: return text;
    case PENSTOCK_LIST: {
      std::vector<std::string> items;
      std::istringstream stream(text);
      for (std::string item; std::getline(stream, item, ',');) items.push_back(in_quotes(item));
      return fmt::format("[{}]", fmt::join(items, ", "));
    }
    default: return in_quotes(text);
  }
}

std::string option_lines(const penstock_option& option) {
  const std::string help = fmt::format("# {}\n", option.help);
  if (option.flags & PENSTOCK_OPTION_REQUIRED) {
    return help +
           fmt::format("{} = {}  # required\n", option.name, toml_value(option, "CHANGE-ME"));
  }
  return help + fmt::format("#{} = {}\n", option.name,
                            toml_value(option, option.default_value ? option.default_value : ""));
}

template <class Options>
std::string all_options() {
  std::string text;
  for (const Option& option : Options::table()) text += option_lines(option.declaration);
  return text;
}

std::string node_text(const Part& part, const std::vector<std::string>& inputs) {
  std::string text = fmt::format("\n# {}\n[nodes.{}]\nplugin = \"{}\"\n", part.type->summary,
                                 part.node, part.plugin);
  if (!inputs.empty()) text += fmt::format("inputs = [\"{}\"]\n", fmt::join(inputs, "\", \""));
  for (size_t i = 0; i < part.type->option_count; ++i) {
    text += option_lines(strided(part.type->options, i));
  }
  return text;
}

std::string buffer_text(const std::string& node) {
  std::string text = fmt::format(
      "\n# Where accepted messages wait until they are stored; on disk they survive a crash.\n"
      "[nodes.{}.buffer]\ntype = \"disk\"\npath = \"${{STATE_DIRECTORY:-.}}/intake\"\n",
      node);
  for (const Option& option : BufferOptions::table()) {
    const std::string name = option.declaration.name;
    if (name != "type" && name != "path") text += option_lines(option.declaration);
  }
  return text;
}

bool rejects(const Part& part) { return (part.type->flags & PENSTOCK_NODE_REJECTS) != 0; }

// Those that need columns before those that accept any (PENSTOCK_NODE_USUAL).
std::vector<std::string> usual_transforms(Catalog& catalog) {
  std::vector<std::string> names = catalog.names_with(PENSTOCK_TRANSFORM, PENSTOCK_NODE_USUAL);
  std::stable_partition(names.begin(), names.end(), [&](const std::string& name) {
    return (*catalog.find(name))->input_schema != nullptr;
  });
  return names;
}

std::string usual_sink(Catalog& catalog) {
  const auto names = catalog.names_with(PENSTOCK_SINK, PENSTOCK_NODE_FILE, 1);
  return names.empty() ? "" : names.front();
}

// From the source to the sink.
Result<std::vector<Part>> find_flow(Catalog& catalog, const StarterParts& parts) {
  std::vector<std::pair<std::string, int32_t>> wanted = {{parts.from, PENSTOCK_SOURCE}};
  for (const std::string& name : parts.via.empty() ? usual_transforms(catalog) : parts.via) {
    wanted.emplace_back(name, PENSTOCK_TRANSFORM);
  }
  wanted.emplace_back(parts.to, PENSTOCK_SINK);
  std::vector<Part> flow;
  for (const auto& [name, kind] : wanted) {
    auto part = find(catalog, name, kind);
    if (!part) return fail(std::move(part.error()));
    flow.push_back(std::move(*part));
  }
  return flow;
}

}  // namespace

Result<std::string> starter_file(Catalog& catalog, const StarterParts& parts) {
  auto found = find_flow(catalog, parts);
  if (!found) return fail(std::move(found.error()));
  std::vector<Part>& flow = *found;

  std::string text =
      "# Made by `penstock init`. What is commented out stands at its default; `penstock check "
      "FILE`\n"
      "# says what is wrong, `penstock run FILE` runs it.\n\n[service]\n" +
      all_options<ServiceOptions>() + "\n[http]\n" + all_options<HttpOptions>() + "\n[logging]\n" +
      all_options<LoggingOptions>();
  std::vector<std::string> rejected;
  for (size_t i = 0; i < flow.size(); ++i) {
    if (i > 0 && flow[i].node == flow[0].node) flow[i].node = flow[i].plugin;
    text += node_text(flow[i], i == 0 ? std::vector<std::string>{} : std::vector{flow[i - 1].node});
    if (i == 0) text += buffer_text(flow[0].node);
    if (rejects(flow[i])) rejected.push_back(flow[i].node + ".rejected");
  }
  if (rejected.empty()) return text;
  auto letters =
      find(catalog, parts.rejected.empty() ? usual_sink(catalog) : parts.rejected, PENSTOCK_SINK);
  if (!letters) return fail(std::move(letters.error()));
  letters->node = "dead_letters";
  return text + node_text(*letters, rejected);
}

}  // namespace penstock::engine
