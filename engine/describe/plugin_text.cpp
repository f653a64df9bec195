#include "describe/plugin_text.hpp"

#include <fmt/format.h>

#include <vector>

#include "config/option_values.hpp"
#include "describe/option_texts.hpp"

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

std::string describe(const penstock_node_type& type) {
  std::string text = fmt::format("{} ({})\n  {}\n", type.name, kind_name(type.kind), type.summary);
  text += fmt::format("\n{}\n  {}\n", type.kind == PENSTOCK_SOURCE ? "Emits" : "Takes",
                      columns_text(type));

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
        {option.name, type_text(option), default_text(option), range_text(option), option.help});
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

std::string describe(const penstock_plugin& plugin) {
  std::string text;
  for (size_t i = 0; i < plugin.type_count; ++i) {
    if (i > 0) text += "\n";
    text += describe(strided(plugin.types, i));
  }
  return text;
}

}  // namespace penstock::engine
