#include "observe/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "observe/process_metrics.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

MetricLabels of(const NodeReading& node) { return {{"node", node.name()}}; }

void add_node_metrics(const NodeReading& node, MetricFamilies& to) {
  if (node.type().kind != PENSTOCK_SOURCE) {
    to.counter("penstock_node_rows_in_total", "Rows received by the node.", of(node),
               static_cast<double>(node.rows_in));
    to.counter("penstock_node_busy_seconds_total", "Time spent in the node's plugin.", of(node),
               static_cast<double>(node.busy_ns) / 1e9);
    to.gauge("penstock_node_queued_batches", "Batches queued for the node.", of(node),
             static_cast<double>(node.queued_batches));
    to.counter("penstock_node_errors_total", "Failed calls of the node's plugin.", of(node),
               static_cast<double>(node.errors));
    to.counter("penstock_node_rejected_unread_rows_total",
               "Rows rejected by the node and dropped, because nothing reads its rejected port.",
               of(node), static_cast<double>(node.rejected_lost));
  }
  to.gauge("penstock_node_healthy", "1 if healthy, 0 while starting or retrying.", of(node),
           node.health.health == PENSTOCK_HEALTHY ? 1 : 0);
  for (const PortReading& port : node.ports) {
    MetricLabels labels = of(node);
    labels.push_back({"port", port.name});
    to.counter("penstock_node_rows_out_total", "Rows emitted by the node, by port.",
               std::move(labels), static_cast<double>(port.rows));
  }
  if (node.lanes) {
    for (size_t i = 0; i < node.lanes->size(); ++i) {
      MetricLabels labels = of(node);
      labels.push_back({"state", kLaneStates[i]});
      to.gauge("penstock_lanes", "Lanes of the node, by what they are doing.", std::move(labels),
               (*node.lanes)[i]);
    }
    to.counter("penstock_lane_retries_total", "Failed attempts that were retried.", of(node),
               static_cast<double>(node.retries));
  }
  if (node.intake) {
    const IntakeReading& intake = *node.intake;
    const Intake::Totals& totals = intake.totals;
    to.gauge("penstock_intake_bytes", "Bytes held by the intake.", of(node),
             static_cast<double>(intake.bytes));
    to.gauge("penstock_intake_max_bytes", "Limit of the bytes held by the intake.", of(node),
             static_cast<double>(intake.max_bytes));
    to.gauge("penstock_intake_oldest_message_seconds",
             "Age of the oldest message that is not done; 0 if there is none.", of(node),
             intake.oldest_s);
    to.gauge("penstock_intake_waiting_messages", "Messages not yet dispatched to the graph.",
             of(node), static_cast<double>(intake.waiting));
    to.gauge("penstock_intake_segments", "Segments held by the intake.", of(node),
             static_cast<double>(intake.segments));
    to.counter("penstock_intake_received_messages_total",
               "Messages received, including those that an earlier process left in the intake.",
               of(node), static_cast<double>(totals.received));
    to.counter("penstock_intake_done_messages_total",
               "Messages done: all of each is stored, or rejected and kept.", of(node),
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

void add_plugin_metrics(const NodeReading& node, std::map<std::string, ServiceMetric>& service,
                        MetricFamilies& to) {
  for (const MetricReading& reading : node.metrics) {
    const penstock_metric& metric = *reading.declaration;
    if (!metric.name) continue;
    if (metric.of_service) {
      ServiceMetric& sum = service[metric.name];
      sum.declaration = metric;
      if (metric.kind == PENSTOCK_HISTOGRAM) sum.histogram += reading.histogram;
      else sum.number += reading.number;
      continue;
    }
    const std::string name = std::string("penstock_") + metric.name;
    switch (metric.kind) {
      case PENSTOCK_COUNTER: to.counter(name, metric.help, of(node), reading.number); break;
      case PENSTOCK_HISTOGRAM: to.histogram(name, metric.help, of(node), reading.histogram); break;
      case PENSTOCK_LABEL: break;
      default: to.gauge(name, metric.help, of(node), reading.number);
    }
  }
}

void add_service_metrics(const std::string& prefix, const Snapshot& snapshot,
                         const std::map<std::string, ServiceMetric>& service, MetricFamilies& to) {
  const Accounting& points = snapshot.points;
  for (const auto& [state, count] : points.states()) {
    to.counter(
        "penstock_points_total",
        "Points by outcome. received = the others + in flight; rejected_discarded is separate: "
        "those had ended as rejected_kept, here or in an earlier run.",
        {{"state", state}}, static_cast<double>(count));
  }
  to.gauge("penstock_points_in_flight", "Points received that have no outcome yet.", {},
           static_cast<double>(points.in_flight));
  to.gauge("penstock_points_balanced", "0: points are not accounted for, which is a bug.", {},
           points.balanced ? 1 : 0);
  to.counter(prefix + "_points_received_total", "Points received.", {},
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
           "Records in the graph; larger messages count as one for each 4 KiB.", {},
           static_cast<double>(snapshot.records_in_flight));
  to.gauge("penstock_in_flight_limit_records", "Limit of records in flight: buffer_size.", {},
           static_cast<double>(snapshot.records_limit));
}

void add_reload_metrics(const Snapshot& snapshot, MetricFamilies& to) {
  const char* help = "Reloads by result.";
  to.counter("penstock_reloads_total", help, {{"result", "done"}},
             static_cast<double>(snapshot.reloads_done));
  to.counter("penstock_reloads_total", help, {{"result", "refused"}},
             static_cast<double>(snapshot.reloads_refused));
  to.gauge("penstock_reload_pause_seconds", "How long the last reload paused the flow.", {},
           snapshot.last_pause_s);
}

}  // namespace

void add_pipeline_metrics(const Snapshot& snapshot, MetricFamilies& to) {
  std::string prefix = snapshot.description->service.name;
  std::replace(prefix.begin(), prefix.end(), '-', '_');
  std::map<std::string, ServiceMetric> service;
  for (const NodeReading& node : snapshot.nodes) {
    add_node_metrics(node, to);
    add_plugin_metrics(node, service, to);
  }
  add_service_metrics(prefix, snapshot, service, to);
  add_reload_metrics(snapshot, to);
}

void add_process_metrics(MetricFamilies& to) {
  to.counter("penstock_log_lines_suppressed_total", "Log lines suppressed by the rate limit.", {},
             static_cast<double>(log_lines_suppressed()));
  to.gauge("penstock_build_info", "The version of this engine.", {{"version", PENSTOCK_VERSION}},
           1);
  const ProcessReading process = read_process();
  to.counter("process_cpu_seconds_total", "User and system CPU time spent.", {},
             process.cpu_seconds);
  to.gauge("process_resident_memory_bytes", "Resident memory.", {}, process.resident_bytes);
  to.gauge("process_virtual_memory_bytes", "Virtual memory.", {}, process.virtual_bytes);
  to.gauge("process_open_fds", "Open file descriptors.", {}, process.open_fds);
  to.gauge("process_max_fds", "Maximum number of open file descriptors.", {}, process.max_fds);
  to.gauge("process_threads", "Threads.", {}, process.threads);
  to.gauge("process_start_time_seconds", "When the process started, since 1970.", {},
           process.start_time);
}

}  // namespace penstock::engine
