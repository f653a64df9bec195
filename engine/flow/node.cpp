#include "flow/node.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "flow/row_json.hpp"
#include "flow/sequence.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {
namespace {

// As much of a row as a line of the log has room for; no character is cut.
std::string start_of(std::string row) {
  constexpr size_t kMost = 300;
  if (row.size() <= kMost) return row;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(row[end]) & 0xC0) == 0x80) --end;
  return row.substr(0, end) + "…";
}

}  // namespace

Node::Node(NodeDescription description, std::string service)
    : description_(std::move(description)),
      shown_options_(description_.values.shown()),
      service_(std::move(service)),
      timers_([this](Instance& instance) { tick(instance); }),
      logger_(node_log(description_.name)),
      rejected_inputs_(description_.inputs.size()) {
  for (const PortDescription& port : description_.ports) {
    ports_.push_back(std::make_unique<OutputPort>());
    ports_.back()->name = port.name;
  }
}

Node::~Node() = default;

Result<void> Node::create_instances() {
  const penstock_settings settings = description_.settings(service_);
  for (uint32_t i = 0; i < description_.parallelism; ++i) {
    auto instance = std::make_unique<Instance>(*this, i);
    if (!instance->create(settings)) {
      return fail(fmt::format("nodes.{} ({}): {}", name(), description_.plugin, instance->error()));
    }
    instances_.push_back(std::move(instance));
  }
  return {};
}

void Node::continue_counts_of(const Node& before) {
  const auto more = [](Count& to, const Count& from) { add(to, get(from)); };
  const NodeCounts& counts = before.counts();
  more(counts_.rows_in, counts.rows_in);
  more(counts_.batches_in, counts.batches_in);
  more(counts_.busy_ns, counts.busy_ns);
  more(counts_.errors, counts.errors);
  more(counts_.retries, counts.retries);
  more(counts_.rows_rejected, counts.rows_rejected);
  for (size_t i = 0; i < ports_.size(); ++i) {
    more(ports_[i]->rows, before.ports()[i]->rows);
    more(ports_[i]->batches, before.ports()[i]->batches);
  }
  for (size_t metric = 0; metric < type().metric_count; ++metric) {
    const MetricReading reading = before.read_metric(metric);
    MetricCell& cell = instances_[0]->cell(metric);
    if (reading.declaration->kind == PENSTOCK_COUNTER) cell.add(reading.number);
    if (reading.declaration->kind == PENSTOCK_HISTOGRAM) cell.observe(reading.histogram);
  }
}

HealthReading Node::health() const {
  HealthReading worst;
  for (const auto& instance : instances_) {
    HealthReading reading = instance->health();
    const bool worse = reading.health == PENSTOCK_DEGRADED ? worst.health != PENSTOCK_DEGRADED
                                                           : reading.health == PENSTOCK_STARTING &&
                                                                 worst.health == PENSTOCK_HEALTHY;
    if (worse) worst = std::move(reading);
  }
  if (worst.health != PENSTOCK_HEALTHY) return worst;
  const std::lock_guard lock(fault_mutex_);
  if (!fault_.empty()) return {PENSTOCK_DEGRADED, fault_};
  return {PENSTOCK_HEALTHY, note_};
}

void Node::set_fault(std::string what) {
  {
    const std::lock_guard lock(fault_mutex_);
    if (fault_ == what) return;
    fault_ = std::move(what);
  }
  log_health_change();
}

void Node::set_note(std::string what) {
  const std::lock_guard lock(fault_mutex_);
  note_ = std::move(what);
}

void Node::log_health_change() {
  const std::lock_guard lock(logged_health_mutex_);
  const HealthReading reading = health();
  const bool degraded = reading.health == PENSTOCK_DEGRADED;
  if (degraded && !logged_degraded_) {
    logger_->error("degraded: {}", reading.detail);
  } else if (reading.health == PENSTOCK_HEALTHY && logged_degraded_) {
    logger_->info("recovered");
  } else {
    return;
  }
  logged_degraded_ = degraded;
}

NodeReading Node::read() const {
  NodeReading reading;
  reading.description = &description_;
  reading.options = &shown_options_;
  reading.health = health();
  reading.has_fault = has_fault();
  reading.rows_in = get(counts_.rows_in);
  reading.busy_ns = get(counts_.busy_ns);
  reading.errors = get(counts_.errors);
  reading.retries = get(counts_.retries);
  reading.rows_rejected = get(counts_.rows_rejected);
  reading.rejected_lost = get(counts_.ends.rejected_lost);
  reading.queued_batches = counts_.queued_batches;
  reading.running_calls = counts_.running_calls;
  for (const auto& port : ports_) reading.ports.push_back({port->name, get(port->rows)});
  for (size_t i = 0; i < type().metric_count; ++i) reading.metrics.push_back(read_metric(i));
  return reading;
}

MetricReading Node::read_metric(size_t metric) const {
  MetricReading reading;
  reading.declaration = &strided(type().metrics, metric);
  bool in_all = !instances_.empty();
  for (const auto& instance : instances_) {
    const MetricCell& cell = instance->cells()[metric];
    reading.number += cell.number();
    in_all = in_all && cell.number() != 0;
    if (reading.declaration->kind == PENSTOCK_HISTOGRAM) reading.histogram += cell.histogram();
  }
  if (reading.declaration->kind == PENSTOCK_FLAG) reading.number = in_all ? 1 : 0;
  if (reading.declaration->kind == PENSTOCK_LABEL && !instances_.empty()) {
    reading.label = instances_.front()->cells()[metric].label();
  }
  return reading;
}

uint64_t Node::steps() const {
  uint64_t steps = get(counts_.batches_in);
  for (const auto& port : ports_) steps += get(port->batches);
  return steps;
}

std::string Node::standstill() const {
  const int64_t queued = counts_.queued_batches, held = counts_.ends.held;
  if (is_in_call()) return "";
  if (queued > 0) return fmt::format("{} batches are queued but not taken", queued);
  if (held > 0 && !timers_.any()) {
    return fmt::format("it holds {} rows and has no timer set to release them", held);
  }
  return "";
}

void Node::emit_batch(size_t port, const BatchPtr& batch) {
  OutputPort& out = *ports_[port];
  add(out.rows, static_cast<uint64_t>(batch->rows));
  add(out.batches, 1);
  out.taps.offer(*batch);
  for (const Edge& edge : out.edges) {
    edge.to->input_taps_.offer(*batch);
    edge.to->receive(batch, edge.input);
  }
}

TapPoint* Node::tap_point(const std::string& port) {
  if (port.empty()) return type().kind == PENSTOCK_SINK ? &input_taps_ : &ports_[0]->taps;
  for (const auto& each : ports_) {
    if (each->name == port) return &each->taps;
  }
  return nullptr;
}

void Node::keep_order(oneapi::tbb::flow::graph& graph) {
  sequence_ = std::make_unique<Sequence>(
      graph, [this](const std::vector<Output>& outputs) { emit_all(outputs); });
}

uint64_t Node::number_job() { return sequence_ ? sequence_->next() : 0; }

void Node::emit(uint64_t number, std::vector<Output> outputs) {
  if (sequence_) sequence_->finished(number, std::move(outputs));
  else emit_all(outputs);
}

void Node::emit_all(const std::vector<Output>& outputs) {
  for (const Output& output : outputs) emit_batch(output.port, output.batch);
}

bool Node::all_inputs_rejected() const {
  return !rejected_inputs_.empty() && std::find(rejected_inputs_.begin(), rejected_inputs_.end(),
                                                false) == rejected_inputs_.end();
}

Delivery* Node::delivery_of(const BatchPtr& batch, uint32_t input) {
  Fate fate = Fate::kFiltered;
  if (type().kind == PENSTOCK_SINK) {
    fate = rejected_inputs_[input] ? Fate::kRejectedKept : Fate::kStored;
  }
  return new Delivery(batch, input, description_.ways[input], counts_.ends, fate, deliveries_);
}

std::vector<Output> Node::outputs_of(Instance::CallResult result, const Delivery* delivery) {
  std::vector<Output> outputs = std::move(result.outputs);
  if (delivery && !result.rejected.empty()) {
    append(outputs, rejection_of(*delivery, std::move(result.rejected)));
  }
  return outputs;
}

std::vector<Output> Node::rejection_of(const Delivery& delivery, std::vector<RejectedRow> rows) {
  // Each once, whatever the plugin says, but for parts of one; of one that leaves whole no part,
  // which a replay would store twice.
  const auto place = [](const RejectedRow& row) { return std::pair(row.chunk, row.row); };
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    return std::pair(place(a), a.part_column.has_value()) <
           std::pair(place(b), b.part_column.has_value());
  });
  auto kept = rows.begin();
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const bool left_whole =
        kept != rows.begin() && !kept[-1].part_column && place(kept[-1]) == place(*row);
    if (left_whole) continue;
    if (kept != row) *kept = std::move(*row);
    ++kept;
  }
  rows.erase(kept, rows.end());
  std::vector<Output> outputs;
  reject_rows(delivery, rows, outputs);
  return outputs;
}

std::vector<Output> Node::rejection_of(const Delivery& delivery, const std::string& reason) {
  std::vector<RejectedRow> all;
  const Batch& batch = *delivery.batch();
  for (size_t chunk = 0; chunk < batch.chunks.size(); ++chunk) {
    for (int64_t row = 0; row < (**batch.chunks[chunk]->array).length; ++row) {
      all.push_back({chunk, row, reason, ""});
    }
  }
  std::vector<Output> outputs;
  reject_rows(delivery, all, outputs);
  return outputs;
}

void Node::reject_rows(const Delivery& delivery, const std::vector<RejectedRow>& rows,
                       std::vector<Output>& to) {
  add(counts_.rows_rejected, rows.size());
  const size_t port = description_.rejected_port();
  const size_t readers = ports_[port]->edges.size();
  delivery.count_emitted(static_cast<int64_t>(rows.size() * std::max<size_t>(1, readers)));
  report_new_kinds(delivery, rows);
  if (readers == 0) {
    report_unread(rows);
    return;
  }
  const ArrowSchema* schema = description_.ports[port].schema.get();
  auto batch = std::make_shared<Batch>();
  batch->schema = schema;
  Step step{node_number(name()), delivery.way(), static_cast<uint32_t>(port), 0};
  for (auto begin = rows.begin(); begin != rows.end();) {
    const size_t chunk = begin->chunk;
    const auto chunk_end =
        std::find_if(begin, rows.end(), [&](const auto& row) { return row.chunk != chunk; });
    const auto end =
        begin + static_cast<ptrdiff_t>(copied_at_once(*delivery.batch()->schema,
                                                      delivery.view()->chunks, {begin, chunk_end}));
    Origins origins;
    add_origins(origins, delivery.batch()->chunks[chunk]->origins, step);
    batch->add(copy_rejected(*delivery.batch()->schema, delivery.view()->chunks, {begin, end},
                             *schema, name()),
               std::move(origins));
    begin = end;
    step.ordinal = end == chunk_end ? 0 : step.ordinal + 1;
  }
  to.push_back({static_cast<uint32_t>(port), std::move(batch)});
}

// The first row of each kind of reason, so that somebody looks.
void Node::report_new_kinds(const Delivery& delivery, const std::vector<RejectedRow>& rows) {
  for (const RejectedRow& row : rows) {
    if (!rejections_.is_new_kind(row.reason)) continue;
    logger_->warn("rejects a row: {}{}{}{}; the first of this kind: {}", row.reason,
                  row.detail.empty() ? "" : " (", row.detail, row.detail.empty() ? "" : ")",
                  start_of(row_json(*delivery.batch()->schema, *delivery.view()->chunks[row.chunk],
                                    row.row)));
  }
}

void Node::report_unread(const std::vector<RejectedRow>& rows) {
  add(counts_.ends.rejected_lost, rows.size());
  if (!tell_unread_.due()) return;
  logger_->warn(
      "{} rows were rejected and dropped so far, since nothing reads \"{}.rejected\"; "
      "the last reason: {}",
      get(counts_.ends.rejected_lost), name(), rows.front().reason);
}

}  // namespace penstock::engine
