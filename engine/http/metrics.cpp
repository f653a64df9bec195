// /metrics, in Prometheus' text format.
#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>

#include "config/option_values.hpp"
#include "flow/lane_node.hpp"
#include "flow/metric_readings.hpp"
#include "flow/source_node.hpp"
#include "http/endpoints.hpp"
#include "http/process_metrics.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

// Families by name, each with its metrics side by side, as the format demands.
class Families {
 public:
  void counter(const std::string& name, const std::string& help, Labels labels, double value) {
    metric(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
  }
  void gauge(const std::string& name, const std::string& help, Labels labels, double value) {
    metric(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
  }
  void histogram(const std::string& name, const std::string& help, Labels labels,
                 const HistogramReading& reading) {
    auto& to = metric(name, help, MetricType::Histogram, std::move(labels)).histogram;
    to.sample_count = reading.count;
    to.sample_sum = reading.sum;
    uint64_t cumulative = 0;
    for (size_t i = 0; i < reading.counts.size(); ++i) {
      cumulative += reading.counts[i];
      const double bound = i < kDurationBuckets.size() ? kDurationBuckets[i]
                                                       : std::numeric_limits<double>::infinity();
      to.bucket.push_back({cumulative, bound});
    }
  }
  std::vector<MetricFamily> list() const {
    std::vector<MetricFamily> list;
    for (const auto& [name, family] : families_) list.push_back(family);
    return list;
  }

 private:
  ClientMetric& metric(const std::string& name, const std::string& help, MetricType type,
                       Labels labels) {
    MetricFamily& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    family.metric.emplace_back().label = std::move(labels);
    return family.metric.back();
  }

  std::map<std::string, MetricFamily> families_;
};

Labels of(const Node& node) { return {{"node", node.name()}}; }

void add_node_metrics(const Node& node, Families& to) {
  const NodeCounts& counts = node.counts();
  if (node.type().kind != PENSTOCK_SOURCE) {
    to.counter("penstock_node_rows_in_total", "Rows that came to the node.", of(node),
               static_cast<double>(get(counts.rows_in)));
    to.counter("penstock_node_busy_seconds_total", "Time spent in the node's plugin.", of(node),
               static_cast<double>(get(counts.busy_ns)) / 1e9);
    to.gauge("penstock_node_queued_batches", "Batches that wait for the node.", of(node),
             static_cast<double>(counts.queued_batches.load()));
    to.counter("penstock_node_errors_total", "Calls of the node's plugin that failed.", of(node),
               static_cast<double>(get(counts.errors)));
    to.counter("penstock_node_rejected_unread_rows_total",
               "Rows rejected by the node and dropped, because nothing reads its rejected port.",
               of(node), static_cast<double>(get(counts.ends.rejected_lost)));
  }
  to.gauge("penstock_node_healthy", "0: it tries again, or has not begun.", of(node),
           node.health().health == PENSTOCK_HEALTHY ? 1 : 0);
  for (const auto& port : node.ports()) {
    Labels labels = of(node);
    labels.push_back({"port", port->name});
    to.counter("penstock_node_rows_out_total", "Rows that left the node, by port.",
               std::move(labels), static_cast<double>(get(port->rows)));
  }
  if (const auto* lanes = dynamic_cast<const LaneNode*>(&node)) {
    const auto states = lanes->lane_states();
    for (size_t i = 0; i < states.size(); ++i) {
      Labels labels = of(node);
      labels.push_back({"state", kLaneStates[i]});
      to.gauge("penstock_lanes", "Lanes of the node, by what they are doing.", std::move(labels),
               states[i]);
    }
    to.counter("penstock_lane_retries_total", "Attempts that failed and were made again.", of(node),
               static_cast<double>(get(counts.retries)));
  }
  if (const auto* source = dynamic_cast<const SourceNode*>(&node)) {
    const Intake& intake = source->intake();
    const Intake::Totals totals = intake.totals();
    to.gauge("penstock_intake_bytes", "Bytes that the intake holds.", of(node),
             static_cast<double>(intake.held_bytes()));
    to.gauge("penstock_intake_max_bytes", "The most that it may hold.", of(node),
             static_cast<double>(intake.max_bytes()));
    to.gauge("penstock_intake_oldest_message_seconds",
             "Age of the oldest message that is not done; 0: there is none.", of(node),
             intake.oldest_age_s());
    to.gauge("penstock_intake_waiting_messages", "Messages not yet handed to the graph.", of(node),
             static_cast<double>(intake.available()));
    to.gauge("penstock_intake_segments", "Segments that the intake holds.", of(node),
             static_cast<double>(intake.segments()));
    to.counter("penstock_intake_received_messages_total",
               "Messages taken in, with those that an earlier process left in the intake.",
               of(node), static_cast<double>(totals.received));
    to.counter("penstock_intake_done_messages_total",
               "Messages of which all is stored, or rejected and kept.", of(node),
               static_cast<double>(totals.done));
    to.counter("penstock_intake_damaged_messages_total",
               "Messages that were found damaged at the start and could not be read.", of(node),
               static_cast<double>(totals.damaged));
    to.counter("penstock_intake_dropped_messages_total", "Messages dropped because it was full.",
               of(node), static_cast<double>(totals.dropped));
  }
}

// The metrics that several nodes declare of the service become one, summed.
struct ServiceMetric {
  penstock_metric declaration = {};
  double number = 0;
  HistogramReading histogram;
};

void add_plugin_metrics(const Node& node, std::map<std::string, ServiceMetric>& service,
                        Families& to) {
  for (size_t i = 0; i < node.type().metric_count; ++i) {
    const penstock_metric& metric = strided(node.type().metrics, i);
    if (!metric.name) continue;
    if (metric.of_service) {
      ServiceMetric& sum = service[metric.name];
      sum.declaration = metric;
      if (metric.kind == PENSTOCK_HISTOGRAM) sum.histogram += histogram_of(node, i);
      else sum.number += number_of(node, i);
      continue;
    }
    const std::string name = std::string("penstock_") + metric.name;
    switch (metric.kind) {
      case PENSTOCK_COUNTER: to.counter(name, metric.help, of(node), number_of(node, i)); break;
      case PENSTOCK_HISTOGRAM:
        to.histogram(name, metric.help, of(node), histogram_of(node, i));
        break;
      case PENSTOCK_LABEL: break;
      default: to.gauge(name, metric.help, of(node), number_of(node, i));
    }
  }
}

void add_service_metrics(const std::string& prefix, const Pipeline& pipeline,
                         const std::map<std::string, ServiceMetric>& service, Families& to) {
  const Accounting points = pipeline.accounting();
  for (const auto& [state, count] : points.states()) {
    to.counter(
        "penstock_points_total",
        "Points by outcome. received = the others + in flight; rejected_discarded is separate: "
        "those had ended as rejected_kept, here or in an earlier run.",
        {{"state", state}}, static_cast<double>(count));
  }
  to.gauge("penstock_points_in_flight", "Points that came in and have not ended.", {},
           static_cast<double>(points.in_flight));
  to.gauge("penstock_points_balanced", "0: points are not accounted for, which is a bug.", {},
           points.balanced ? 1 : 0);
  to.counter(prefix + "_points_received_total", "Points that came in.", {},
             static_cast<double>(points.received));
  to.counter(prefix + "_points_dropped_total",
             "Points lost: dropped by a full intake, or rejected where nothing keeps them.", {},
             static_cast<double>(points.dropped + points.rejected_lost));
  for (const auto& [name, sum] : service) {
    const std::string full = fmt::format("{}_{}", prefix, name);
    switch (sum.declaration.kind) {
      case PENSTOCK_COUNTER: to.counter(full, sum.declaration.help, {}, sum.number); break;
      case PENSTOCK_HISTOGRAM: to.histogram(full, sum.declaration.help, {}, sum.histogram); break;
      default: to.gauge(full, sum.declaration.help, {}, sum.number);
    }
  }
  to.gauge("penstock_in_flight_records",
           "Records that the graph works on; larger messages count as one for each 4 KiB.", {},
           static_cast<double>(pipeline.budget().used()));
  to.gauge("penstock_in_flight_limit_records", "The most of them: buffer_size.", {},
           static_cast<double>(pipeline.budget().size()));
}

void add_reload_metrics(const Reloads& reloads, Families& to) {
  const char* help = "Changed files by whether they were taken.";
  to.counter("penstock_reloads_total", help, {{"result", "done"}},
             static_cast<double>(get(reloads.done)));
  to.counter("penstock_reloads_total", help, {{"result", "refused"}},
             static_cast<double>(get(reloads.refused)));
  to.gauge("penstock_reload_pause_seconds",
           "How long nothing left an intake when a changed file was last taken.", {},
           reloads.last_pause_s);
}

void add_http_metrics(const HttpCounts& counts, Families& to) {
  to.gauge("penstock_http_connections", "Connections being served.", {},
           static_cast<double>(counts.connections));
  to.counter("penstock_http_requests_total", "Requests that were read.", {},
             static_cast<double>(get(counts.requests)));
  to.counter("penstock_http_busy_total",
             "Connections that took the last free thread, so that further ones wait.", {},
             static_cast<double>(get(counts.busy)));
  for (size_t i = 0; i < kRefusals.size(); ++i) {
    to.counter("penstock_http_refused_total", "Connections and requests refused, by the reason.",
               {{"reason", kRefusals[i]}}, static_cast<double>(get(counts.refused[i])));
  }
}

}  // namespace

HttpReply metrics_reply(const Pipeline& pipeline, const HttpCounts& http) {
  std::string prefix = pipeline.description().service.name;
  std::replace(prefix.begin(), prefix.end(), '-', '_');
  Families families;
  std::map<std::string, ServiceMetric> service;
  for (const auto& node : pipeline.nodes()) {
    add_node_metrics(*node, families);
    add_plugin_metrics(*node, service, families);
  }
  add_service_metrics(prefix, pipeline, service, families);
  add_reload_metrics(pipeline.reloads(), families);
  add_http_metrics(http, families);
  families.counter("penstock_log_lines_suppressed_total",
                   "Lines left out of the log, because many of their kind came.", {},
                   static_cast<double>(log_lines_suppressed()));
  families.gauge("penstock_build_info", "The version of this engine.",
                 {{"version", PENSTOCK_VERSION}}, 1);
  const ProcessReading process = read_process();
  families.counter("process_cpu_seconds_total", "User and system CPU time spent.", {},
                   process.cpu_seconds);
  families.gauge("process_resident_memory_bytes", "Resident memory.", {}, process.resident_bytes);
  families.gauge("process_virtual_memory_bytes", "Virtual memory.", {}, process.virtual_bytes);
  families.gauge("process_open_fds", "Open file descriptors.", {}, process.open_fds);
  families.gauge("process_max_fds", "The most open file descriptors.", {}, process.max_fds);
  families.gauge("process_threads", "Threads.", {}, process.threads);
  families.gauge("process_start_time_seconds", "When the process started, since 1970.", {},
                 process.start_time);
  return {200, "text/plain; version=0.0.4; charset=utf-8",
          prometheus::TextSerializer().Serialize(families.list())};
}

}  // namespace penstock::engine
