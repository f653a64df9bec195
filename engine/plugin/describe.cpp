#include "plugin/describe.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "config/option_values.hpp"
#include "config/quantity.hpp"

#include <penstock/schema.hpp>

namespace penstock::engine {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell; the last one runs on.
std::string table(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    text += " ";
    for (size_t i = 0; i < row.size(); ++i) {
      text += i + 1 < row.size() ? fmt::format(" {:<{}} ", row[i], widths[i]) : " " + row[i];
    }
    text += "\n";
  }
  return text;
}

std::string type_name(const penstock_option& option) {
  switch (option.type) {
    case PENSTOCK_INTEGER: return "integer";
    case PENSTOCK_NUMBER: return "number";
    case PENSTOCK_BOOLEAN: return "true|false";
    case PENSTOCK_DURATION: return "duration";
    case PENSTOCK_SIZE: return "size";
    case PENSTOCK_LIST: return "list";
    case PENSTOCK_SECRET: return "secret";
    case PENSTOCK_ENUM: {
      std::string choices = option.choices;
      for (char& c : choices) c = c == ',' ? '|' : c;
      return choices;
    }
    default: return "string";
  }
}

std::string limit(const penstock_option& option, double value) {
  if (std::isinf(value)) return "";
  if (option.type == PENSTOCK_DURATION) return format_duration(std::llround(value));
  if (option.type == PENSTOCK_SIZE) return format_size(std::llround(value));
  return fmt::format("{}", value);
}

std::string range(const penstock_option& option) {
  const std::string min = limit(option, option.min), max = limit(option, option.max);
  std::string text = min.empty() && max.empty() ? "" : fmt::format("{}..{}", min, max);
  if (option.unit) text += (text.empty() ? "" : " ") + std::string(option.unit);
  return text;
}

std::string default_of(const penstock_option& option) {
  if (option.flags & PENSTOCK_OPTION_REQUIRED) return "required";
  return option.default_value ? option.default_value : "-";
}

// The columns for the default options; a plugin's schema may depend on its options.
std::string columns(const penstock_node_type& type) {
  if (type.kind == PENSTOCK_SOURCE) return "topic: utf8, payload: binary, received: timestamp";
  if (!type.input_schema) return "any columns";
  Problems ignored("");
  const toml::table empty;
  const OptionValues values = parse_options(
      empty, type.options, type.option_count, {}, {},
      [](const std::string&) { return std::nullopt; }, ignored);
  penstock_settings settings = {};
  settings.size = sizeof(settings);
  settings.parallelism = 1;
  settings.node = settings.service = "";
  settings.values = values.values().data();
  settings.value_count = values.values().size();
  settings.intake = PENSTOCK_INTAKE_MEMORY;
  ArrowSchema schema = {};
  type.input_schema(&settings, &schema);
  if (!schema.release) return "any columns";
  std::string text;
  for (const Field& field : read_schema(schema)) {
    text += fmt::format("{}{} ({}{})", text.empty() ? "" : ", ", field.name, field.format,
                        field.nullable ? "?" : "");
  }
  schema.release(&schema);
  return text;
}

std::string describe(const penstock_node_type& type) {
  std::string text = fmt::format("{} ({})\n  {}\n", type.name, kind_name(type.kind), type.summary);
  text +=
      fmt::format("\n{}\n  {}\n", type.kind == PENSTOCK_SOURCE ? "Emits" : "Takes", columns(type));

  std::vector<Row> ports;
  for (size_t i = 0; i < type.port_count; ++i) {
    const penstock_port& port = strided(type.ports, i);
    ports.push_back({port.name, port.help});
  }
  if (type.kind != PENSTOCK_SOURCE) {
    ports.push_back({"rejected", "What could not be used, with `node` and `reason`."});
  }
  if (!ports.empty()) text += "\nPorts\n" + table(ports);

  std::vector<Row> options;
  for (size_t i = 0; i < type.option_count; ++i) {
    const penstock_option& option = strided(type.options, i);
    options.push_back(
        {option.name, type_name(option), default_of(option), range(option), option.help});
  }
  if (!options.empty()) {
    options.insert(options.begin(), {"option", "type", "default", "range", "what it does"});
    text += "\nOptions\n" + table(options);
  }

  std::vector<Row> metrics;
  for (size_t i = 0; i < type.metric_count; ++i) {
    const penstock_metric& metric = strided(type.metrics, i);
    metrics.push_back({metric.name ? metric.name : "-",
                       metric.status_name ? metric.status_name : "-", metric.help});
  }
  if (!metrics.empty()) {
    metrics.insert(metrics.begin(), {"/metrics", "/status", "what it counts"});
    text += "\nMetrics\n" + table(metrics);
  }
  return text;
}

}  // namespace

const char* kind_name(int32_t kind) {
  switch (kind) {
    case PENSTOCK_SOURCE: return "source";
    case PENSTOCK_TRANSFORM: return "transform";
    case PENSTOCK_SINK: return "sink";
    default: return "node";
  }
}

std::string describe(const penstock_plugin& plugin) {
  std::string text;
  for (size_t i = 0; i < plugin.type_count; ++i) {
    if (i > 0) text += "\n";
    text += describe(strided(plugin.types, i));
  }
  return text;
}

}  // namespace penstock::engine
