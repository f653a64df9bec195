// /status: the engine's own section, then one for each node.
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/option_values.hpp"
#include "config/quantity.hpp"
#include "flow/lane_node.hpp"
#include "flow/metric_readings.hpp"
#include "flow/source_node.hpp"
#include "http/accounting_json.hpp"
#include "http/endpoints.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  if (value == std::floor(value) && std::fabs(value) < 9e15) return static_cast<int64_t>(value);
  return value;
}

double rounded(double value) { return std::round(value * 100) / 100; }

Json value_of(const Node& node, const penstock_metric& metric, size_t index) {
  switch (metric.kind) {
    case PENSTOCK_LABEL: return label_of(node, index);
    case PENSTOCK_FLAG: return number_of(node, index) != 0;
    case PENSTOCK_HISTOGRAM: {
      const HistogramReading reading = histogram_of(node, index);
      return reading.count ? rounded(1000 * reading.sum / static_cast<double>(reading.count)) : 0.0;
    }
    default: return number(number_of(node, index));
  }
}

// What the file sets: the value in force, and beside it what the file refers to.
Json option_of(const ShownOption& option) {
  if (option.reference.empty()) return option.value;
  return {{"value", option.value}, {"reference", option.reference}};
}

Json options_of(const Node& node) {
  Json options = Json::object();
  for (size_t i = 0; i < node.type().option_count; ++i) {
    const ShownOption& option = node.shown_options()[i];
    if (option.in_file) options[strided(node.type().options, i).name] = option_of(option);
  }
  for (const auto& [name, option] : node.description().shown_buffer) {
    if (option.in_file) options["buffer"][name] = option_of(option);
  }
  return options;
}

Json section_options(const PipelineDescription& description) {
  Json sections = Json::object();
  for (const char* name : {"service", "http", "logging"}) {
    const auto section = description.shown.find(name);
    if (section == description.shown.end()) continue;
    for (const auto& [option, shown] : section->second) {
      if (shown.in_file) sections[name][option] = option_of(shown);
    }
  }
  return sections;
}

Json section(const Node& node) {
  Json section = Json::object();
  const penstock_node_type& type = node.type();
  for (size_t i = 0; i < type.metric_count; ++i) {
    const penstock_metric& metric = strided(type.metrics, i);
    if (metric.status_name) section[metric.status_name] = value_of(node, metric, i);
  }
  section["options"] = options_of(node);
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    const Intake& intake = source->intake();
    section["intake"] = {{"received", intake.received()},   {"undone", intake.undone()},
                         {"damaged", intake.damaged()},     {"position", intake.appended()},
                         {"watermark", intake.watermark()}, {"waiting", intake.available()},
                         {"bytes", intake.held_bytes()},    {"dropped", intake.dropped()}};
    return section;
  }
  section["pending_batches"] = node.pending_batches();
  section["queued_batches"] = node.counts().queued_batches.load();
  section["rows_in"] = get(node.counts().rows_in);
  section["rows_rejected"] = get(node.counts().rows_rejected);
  section["errors"] = get(node.counts().errors);
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    const auto states = lanes->lane_states();
    for (size_t i = 0; i < states.size(); ++i) section["lanes"][kLaneStates[i]] = states[i];
  }
  if (const HealthReading health = node.health(); health.health != PENSTOCK_HEALTHY) {
    section["trouble"] = health.detail;
  }
  return section;
}

}  // namespace

HttpReply status_reply(const Pipeline& pipeline) {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::steady_clock::now() - pipeline.started_at());
  const Accounting points = pipeline.accounting();
  const Budget& budget = pipeline.budget();
  Json body;
  body["service"] = pipeline.description().service.name;
  body["version"] = PENSTOCK_VERSION;
  body["uptime"] = format_uptime(uptime.count());
  body["ingestion"] = {{"points_received", points.received},
                       {"points_dropped", points.dropped + points.rejected_lost},
                       {"buffer_size", budget.size()},
                       {"buffer_used", budget.used()},
                       {"buffer_utilization", rounded(100.0 * static_cast<double>(budget.used()) /
                                                      static_cast<double>(budget.size()))}};
  body["accounting"] = accounting_json(points);
  const Reloads& reloads = pipeline.reloads();
  body["reloads"] = {{"done", get(reloads.done)},
                     {"refused", get(reloads.refused)},
                     {"last_pause_ms", number(rounded(1000 * reloads.last_pause_s))}};
  body["options"] = section_options(pipeline.description());
  for (const auto& node : pipeline.nodes()) {
    // A node may not hide the engine's own keys.
    const std::string key = body.contains(node->name()) ? "node_" + node->name() : node->name();
    body[key] = section(*node);
  }
  return {200, "application/json", body.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

}  // namespace penstock::engine
