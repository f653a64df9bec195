#include "http/view.hpp"

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "config/option_values.hpp"
#include "drawing/graph_svg.hpp"
#include "drawing/labels.hpp"
#include "flow/lane_node.hpp"
#include "flow/metric_readings.hpp"
#include "flow/source_node.hpp"
#include "http/accounting_json.hpp"
#include "describe/option_texts.hpp"

namespace penstock::engine {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

bool is_crowded(const Node& node) {
  return node.counts().queued_batches >
         2 * static_cast<int64_t>(node.description().parallelism) + 2;
}

// Slowed by what stands behind it.
bool is_held_back(const Node& node, const Pipeline& pipeline) {
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    return source->intake().available() > 0 && !pipeline.budget().has_room();
  }
  for (const auto& port : node.ports()) {
    for (const Edge& edge : port->edges) {
      if (is_crowded(*edge.to)) return true;
    }
  }
  return false;
}

// "well", "starting", "backpressured", "retrying" or "failed"; `why` in words.
const char* state_of(const Node& node, const Pipeline& pipeline, const History& history,
                     std::string& why) {
  const HealthReading health = node.health();
  why = health.detail;
  if (health.health == PENSTOCK_DEGRADED) return node.has_fault() ? "failed" : "retrying";
  if (pipeline.is_stalled() &&
      (node.counts().queued_batches > 0 || node.counts().running_calls > 0)) {
    why = "nothing moves although there is work";
    return "failed";
  }
  if (node.type().kind == PENSTOCK_TRANSFORM && history.recent_errors(node.name()) > 0) {
    why = "calls failed; the log has the reason";
    return "failed";
  }
  if (health.health == PENSTOCK_STARTING) return "starting";
  if (is_held_back(node, pipeline)) {
    why = "slowed by what is behind it";
    return "backpressured";
  }
  return "well";
}

Json intake_of(const SourceNode& source) {
  const Intake& intake = source.intake();
  return {{"on_disk", intake.is_disk()},     {"undone", intake.undone()},
          {"waiting", intake.available()},   {"bytes", intake.held_bytes()},
          {"max_bytes", intake.max_bytes()}, {"oldest_s", rounded(intake.oldest_age_s(), 10)}};
}

// Of the first thing that it measures as times.
Json times_of(const Node& node) {
  for (size_t i = 0; i < node.type().metric_count; ++i) {
    const penstock_metric& metric = strided(node.type().metrics, i);
    if (metric.kind != PENSTOCK_HISTOGRAM) continue;
    const HistogramReading reading = histogram_of(node, i);
    return {{"help", metric.help},
            {"count", reading.count},
            {"sum_s", reading.sum},
            {"upper_s", kDurationBuckets},
            {"counts", reading.counts}};
  }
  return nullptr;
}

Json node_view(const Node& node, const Pipeline& pipeline, const History& history) {
  std::string why;
  Json view{{"name", node.name()}, {"state", state_of(node, pipeline, history, why)}};
  const History::Second last = history.last(node.name());
  const NodeSums sums = sums_of(node);
  view["why"] = why;
  view["rows_in"] = sums.rows_in;
  view["rows_out"] = sums.rows_out;
  view["rate_in"] = last.rows_in;
  view["rate_out"] = last.rows_out;
  view["busy"] = rounded(last.busy / static_cast<float>(node.description().parallelism), 1000);
  view["queued"] = node.counts().queued_batches.load();
  view["errors"] = sums.errors;
  view["retries"] = get(node.counts().retries);
  view["rejected"] = get(node.counts().rows_rejected);
  for (const auto& port : node.ports()) view["ports"][port->name] = get(port->rows);
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    const auto states = lanes->lane_states();
    for (size_t i = 0; i < states.size(); ++i) view["lanes"][kLaneStates[i]] = states[i];
  }
  if (const auto* source = dynamic_cast<const SourceNode*>(&node))
    view["intake"] = intake_of(*source);
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

Json option_rows(const Node& node) {
  Json options = Json::array();
  for (size_t i = 0; i < node.type().option_count; ++i) {
    const penstock_option& option = strided(node.type().options, i);
    const ShownOption& shown = node.shown_options()[i];
    options.push_back({{"name", option.name},
                       {"value", shown.value},
                       {"reference", shown.reference},
                       {"from", shown.origin},
                       {"help", option.help}});
  }
  const NamedOptions& buffer = node.description().shown_buffer;
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

std::string view_json(const Pipeline& pipeline, const History& history) {
  using namespace std::chrono;
  Json view{
      {"service", pipeline.description().service.name},
      {"version", PENSTOCK_VERSION},
      {"uptime_s", duration_cast<seconds>(steady_clock::now() - pipeline.started_at()).count()},
      {"at_ms", duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()},
      {"reloads", get(pipeline.reloads().done)},
      {"stalled", pipeline.is_stalled()},
      {"accounting", accounting_json(pipeline.accounting())},
      {"in_flight", {{"records", pipeline.budget().used()}, {"limit", pipeline.budget().size()}}}};
  for (const Node* node : pipeline.nodes()) {
    view["nodes"].push_back(node_view(*node, pipeline, history));
  }
  return text_of(view);
}

std::string graph_json(const Pipeline& pipeline, bool taps_allowed) {
  std::vector<const NodeDescription*> nodes;
  for (const Node* node : pipeline.nodes()) nodes.push_back(&node->description());
  // A source that stayed in a reload has its place of before, but no inputs.
  const Layout layout = graph_layout(nodes, live_box);
  Json graph{{"reloads", get(pipeline.reloads().done)},
             {"taps", taps_allowed},
             {"width", layout.width},
             {"height", layout.height},
             {"nodes", Json::array()},
             {"wires", Json::array()}};
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
                              {"options", option_rows(*pipeline.nodes()[i])}});
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

std::string history_json(const Pipeline& pipeline, const History& history,
                         const std::string& node) {
  Json json{{"node", node},
            {"rate_in", Json::array()},
            {"rate_out", Json::array()},
            {"busy", Json::array()}};
  double parallelism = 1;
  for (const Node* each : pipeline.nodes()) {
    if (each->name() == node) parallelism = each->description().parallelism;
  }
  for (const History::Second& second : history.of(node)) {
    json["rate_in"].push_back(second.rows_in);
    json["rate_out"].push_back(second.rows_out);
    json["busy"].push_back(rounded(second.busy / parallelism, 1000));
  }
  return text_of(json);
}

}  // namespace penstock::engine
