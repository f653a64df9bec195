#include "observe/view.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/option_values.hpp"
#include "describe/option_texts.hpp"
#include "drawing/graph_svg.hpp"
#include "drawing/labels.hpp"
#include "observe/accounting_json.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

bool is_crowded(const NodeReading& node) {
  return node.queued_batches > 2 * static_cast<int64_t>(node.description->parallelism) + 2;
}

// Slowed by what stands behind it.
bool is_held_back(const Snapshot& snapshot, size_t index) {
  const NodeReading& node = snapshot.nodes[index];
  if (node.intake) return node.intake->waiting > 0 && !snapshot.has_room();
  return std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(), [&](const NodeReading& behind) {
    const auto& inputs = behind.description->inputs;
    return is_crowded(behind) && std::any_of(inputs.begin(), inputs.end(), [&](const auto& input) {
             return input.node == index;
           });
  });
}

// "ok", "starting", "backpressured", "retrying" or "failed"; `why` in words.
const char* state_of(const Snapshot& snapshot, size_t index, const History& history,
                     std::string& why) {
  const NodeReading& node = snapshot.nodes[index];
  why = node.health.detail;
  if (node.health.health == PENSTOCK_DEGRADED) return node.has_fault ? "failed" : "retrying";
  if (snapshot.is_stalled && (node.queued_batches > 0 || node.running_calls > 0)) {
    why = "no progress with work queued";
    return "failed";
  }
  if (node.type().kind == PENSTOCK_TRANSFORM && history.recent_errors(node.name()) > 0) {
    why = "calls failed; the log has the reason";
    return "failed";
  }
  if (node.health.health == PENSTOCK_STARTING) return "starting";
  if (is_held_back(snapshot, index)) {
    why = "slowed by what is behind it";
    return "backpressured";
  }
  return "ok";
}

Json intake_view(const IntakeReading& intake) {
  return {{"on_disk", intake.on_disk},     {"undone", intake.undone},
          {"waiting", intake.waiting},     {"bytes", intake.bytes},
          {"max_bytes", intake.max_bytes}, {"oldest_s", rounded(intake.oldest_s, 10)}};
}

// Of the first thing that it measures as times.
Json times_of(const NodeReading& node) {
  for (const MetricReading& metric : node.metrics) {
    if (metric.declaration->kind != PENSTOCK_HISTOGRAM) continue;
    return {{"help", metric.declaration->help},
            {"count", metric.histogram.count},
            {"sum_s", metric.histogram.sum},
            {"upper_s", kDurationBuckets},
            {"counts", metric.histogram.counts}};
  }
  return nullptr;
}

Json node_view(const Snapshot& snapshot, size_t index, const History& history) {
  const NodeReading& node = snapshot.nodes[index];
  std::string why;
  Json view{{"name", node.name()}, {"state", state_of(snapshot, index, history, why)}};
  const History::Second last = history.last(node.name());
  const NodeSums sums = sums_of(node);
  view["why"] = why;
  view["rows_in"] = sums.rows_in;
  view["rows_out"] = sums.rows_out;
  view["rate_in"] = last.rows_in;
  view["rate_out"] = last.rows_out;
  view["busy"] = rounded(last.busy / static_cast<float>(node.description->parallelism), 1000);
  view["queued"] = node.queued_batches;
  view["errors"] = sums.errors;
  view["retries"] = node.retries;
  view["rejected"] = node.rows_rejected;
  for (const PortReading& port : node.ports) view["ports"][port.name] = port.rows;
  if (node.lanes) {
    for (size_t i = 0; i < node.lanes->size(); ++i) {
      view["lanes"][kLaneStates[i]] = (*node.lanes)[i];
    }
  }
  if (node.intake) view["intake"] = intake_view(*node.intake);
  if (Json times = times_of(node); !times.is_null()) view["times"] = std::move(times);
  return view;
}

// Name, rates, bars, and what sets it apart, in the page's sizes.
Box live_box(const NodeDescription& node) {
  constexpr double kWidth = 190, kHeight = 92, kMore = 22;
  const bool has_more =
      node.type->kind != PENSTOCK_TRANSFORM || (node.type->flags & PENSTOCK_NODE_BLOCKING);
  return {0, 0, std::max(kWidth, 34 + 8.2 * static_cast<double>(node.name.size())),
          has_more ? kHeight + kMore : kHeight};
}

Json option_rows(const NodeReading& node) {
  Json options = Json::array();
  for (size_t i = 0; i < node.type().option_count; ++i) {
    const penstock_option& option = strided(node.type().options, i);
    const ShownOption& shown = (*node.options)[i];
    options.push_back({{"name", option.name},
                       {"value", shown.value},
                       {"reference", shown.reference},
                       {"from", shown.origin},
                       {"help", option.help}});
  }
  const NamedOptions& buffer = node.description->shown_buffer;
  for (size_t i = 0; i < buffer.size(); ++i) {
    const auto& [name, shown] = buffer[i];
    if (!shown.in_file) continue;
    options.push_back({{"name", "buffer." + name},
                       {"value", shown.value},
                       {"reference", shown.reference},
                       {"from", shown.origin},
                       {"help", BufferOptions::table()[i].declaration.help}});
  }
  return options;
}

}  // namespace

std::string view_json(const Snapshot& snapshot, const History& history) {
  using namespace std::chrono;
  Json view{
      {"service", snapshot.description->service.name},
      {"version", PENSTOCK_VERSION},
      {"uptime_s", snapshot.uptime.count()},
      {"at_ms", duration_cast<milliseconds>(snapshot.at.time_since_epoch()).count()},
      {"reloads", snapshot.reloads_done},
      {"stalled", snapshot.is_stalled},
      {"accounting", accounting_json(snapshot.points)},
      {"in_flight", {{"records", snapshot.records_in_flight}, {"limit", snapshot.records_limit}}}};
  for (size_t i = 0; i < snapshot.nodes.size(); ++i) {
    view["nodes"].push_back(node_view(snapshot, i, history));
  }
  return text_of(view);
}

std::string graph_json(const Snapshot& snapshot, bool taps_allowed) {
  std::vector<const NodeDescription*> nodes;
  for (const NodeReading& node : snapshot.nodes) nodes.push_back(node.description);
  // A source that stayed in a reload has its place of before, but no inputs.
  const Layout layout = graph_layout(nodes, live_box);
  Json graph{
      {"reloads", snapshot.reloads_done}, {"taps", taps_allowed},   {"width", layout.width},
      {"height", layout.height},          {"nodes", Json::array()}, {"wires", Json::array()}};
  size_t wire = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const NodeDescription& node = *nodes[i];
    const Box& box = layout.boxes[i];
    graph["nodes"].push_back({{"name", node.name},
                              {"plugin", node.plugin},
                              {"kind", kind_name(node.type->kind)},
                              {"summary", node.type->summary},
                              {"parallelism", node.parallelism},
                              {"box", {box.x, box.y, box.width, box.height}},
                              {"options", option_rows(snapshot.nodes[i])}});
    for (const InputDescription& input : node.inputs) {
      Json way = Json::array();
      for (const Point& point : layout.wires[wire]) way.push_back({point.x, point.y});
      const NodeDescription& from = *nodes[input.node];
      graph["wires"].push_back({{"from", from.name},
                                {"port", from.ports[input.port].name},
                                {"label", label_of(from, input.port)},
                                {"to", node.name},
                                {"way", way}});
      ++wire;
    }
  }
  return text_of(graph);
}

std::string history_json(const Snapshot& snapshot, const History& history,
                         const std::string& node) {
  Json json{{"node", node},
            {"rate_in", Json::array()},
            {"rate_out", Json::array()},
            {"busy", Json::array()}};
  const NodeReading* const reading = snapshot.find(node);
  const double parallelism = reading ? reading->description->parallelism : 1;
  for (const History::Second& second : history.of(node)) {
    json["rate_in"].push_back(second.rows_in);
    json["rate_out"].push_back(second.rows_out);
    json["busy"].push_back(rounded(second.busy / parallelism, 1000));
  }
  return text_of(json);
}

}  // namespace penstock::engine
