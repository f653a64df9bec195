#include "observe/status.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "config/option_values.hpp"
#include "config/quantity.hpp"
#include "observe/accounting_json.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  if (value == std::floor(value) && std::fabs(value) < 9e15) return static_cast<int64_t>(value);
  return value;
}

double rounded(double value) { return std::round(value * 100) / 100; }

Json value_of(const MetricReading& reading) {
  switch (reading.declaration->kind) {
    case PENSTOCK_LABEL: return reading.label;
    case PENSTOCK_FLAG: return reading.number != 0;
    case PENSTOCK_HISTOGRAM: {
      const HistogramReading& times = reading.histogram;
      return times.count ? rounded(1000 * times.sum / static_cast<double>(times.count)) : 0.0;
    }
    default: return number(reading.number);
  }
}

// What the file sets: the value in force, and beside it what the file refers to.
Json option_of(const ShownOption& option) {
  if (option.reference.empty()) return option.value;
  return {{"value", option.value}, {"reference", option.reference}};
}

Json options_of(const NodeReading& node) {
  Json options = Json::object();
  for (size_t i = 0; i < node.type().option_count; ++i) {
    const ShownOption& option = (*node.options)[i];
    if (option.in_file) options[strided(node.type().options, i).name] = option_of(option);
  }
  for (const auto& [name, option] : node.description->shown_buffer) {
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

// Batches that left the node and that no node behind it has taken up yet.
int64_t pending_batches(const Snapshot& snapshot, size_t node) {
  int64_t sum = 0;
  for (const NodeReading& each : snapshot.nodes) {
    for (const InputDescription& input : each.description->inputs) {
      const NodeDescription& from = *snapshot.nodes[input.node].description;
      if (input.node == node && from.ports[input.port].name != "rejected") {
        sum += each.queued_batches;
      }
    }
  }
  return sum;
}

Json section(const Snapshot& snapshot, size_t index) {
  const NodeReading& node = snapshot.nodes[index];
  Json section = Json::object();
  for (const MetricReading& metric : node.metrics) {
    if (metric.declaration->status_name) {
      section[metric.declaration->status_name] = value_of(metric);
    }
  }
  section["options"] = options_of(node);
  if (node.intake) {
    const IntakeReading& intake = *node.intake;
    section["intake"] = {{"received", intake.received},   {"undone", intake.undone},
                         {"damaged", intake.damaged},     {"position", intake.position},
                         {"watermark", intake.watermark}, {"waiting", intake.waiting},
                         {"bytes", intake.bytes},         {"dropped", intake.dropped}};
    return section;
  }
  section["pending_batches"] = pending_batches(snapshot, index);
  section["queued_batches"] = node.queued_batches;
  section["rows_in"] = node.rows_in;
  section["rows_rejected"] = node.rows_rejected;
  section["errors"] = node.errors;
  if (node.lanes) {
    for (size_t i = 0; i < node.lanes->size(); ++i) {
      section["lanes"][kLaneStates[i]] = (*node.lanes)[i];
    }
  }
  if (node.health.health != PENSTOCK_HEALTHY) section["trouble"] = node.health.detail;
  return section;
}

}  // namespace

std::string status_json(const Snapshot& snapshot) {
  const Accounting& points = snapshot.points;
  Json body;
  body["service"] = snapshot.description->service.name;
  body["version"] = PENSTOCK_VERSION;
  body["uptime"] = format_uptime(snapshot.uptime.count());
  body["ingestion"] = {
      {"points_received", points.received},
      {"points_dropped", points.dropped + points.rejected_lost},
      {"buffer_size", snapshot.records_limit},
      {"buffer_used", snapshot.records_in_flight},
      {"buffer_utilization", rounded(100.0 * static_cast<double>(snapshot.records_in_flight) /
                                     static_cast<double>(snapshot.records_limit))}};
  body["accounting"] = accounting_json(points);
  body["reloads"] = {{"done", snapshot.reloads_done},
                     {"refused", snapshot.reloads_refused},
                     {"last_pause_ms", number(rounded(1000 * snapshot.last_pause_s))}};
  body["options"] = section_options(*snapshot.description);
  for (size_t i = 0; i < snapshot.nodes.size(); ++i) {
    // A node may not hide the engine's own keys.
    const std::string& name = snapshot.nodes[i].name();
    body[body.contains(name) ? "node_" + name : name] = section(snapshot, i);
  }
  return body.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace penstock::engine
