#include "graph/instance.hpp"

#include <fmt/format.h>
#include <penstock/column_layout.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <map>
#include <type_traits>

#include "config/option_values.hpp"
#include "config/quantity.hpp"
#include "graph/batch_fault.hpp"
#include "graph/node.hpp"
#include "graph/padding.hpp"
#include "graph/source_node.hpp"
#include "graph/timers.hpp"

namespace penstock::engine {
namespace {

constexpr uint32_t kOfChunk = uint32_t{1} << 31;
constexpr const char* kNoReason = "its plugin gave no reason";

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool holds_text(const ArrowSchema& schema, size_t column) {
  if (column >= static_cast<size_t>(schema.n_children)) return false;
  const std::optional<ColumnLayout> layout = column_layout(schema.children[column]->format);
  return layout && layout->is_text();
}

// Such as sessions-2: it becomes a file's.
bool is_kept_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

void append(std::vector<Output>& to, std::vector<Output> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Instance::Instance(Node& node, uint32_t index)
    : node_(node),
      node_number_(node_number(node.name())),
      index_(index),
      cells_(node.type().metric_count) {}

Instance::~Instance() { destroy(); }

bool Instance::create(const penstock_settings& settings) {
  error_.clear();
  guarded([&] {
    self_ = node_.type().create(&settings, &host(), this);
    return self_ ? PENSTOCK_OK : PENSTOCK_FAILED;
  });
  if (!self_ && error_.empty()) error_ = "its constructor gave no reason";
  return self_ != nullptr;
}

void Instance::destroy() {
  if (self_) guarded([&] { node_.type().destroy(self_); });
  self_ = nullptr;
}

penstock_status Instance::start() {
  error_.clear();
  if (!node_.type().start) return PENSTOCK_OK;
  const penstock_status status = guarded([&] { return node_.type().start(self_); });
  if (status != PENSTOCK_OK && error_.empty()) error_ = kNoReason;
  return status;
}

void Instance::stop() {
  if (node_.type().stop) guarded([&] { node_.type().stop(self_); });
}

template <class Call>
penstock_status Instance::guarded(Call&& call) {
  constexpr bool kGivesNothing = std::is_void_v<decltype(call())>;
  try {
    if constexpr (kGivesNothing) {
      call();
      return PENSTOCK_OK;
    } else {
      const int32_t status = call();
      if (status >= PENSTOCK_OK && status <= PENSTOCK_RETRY_LATER) {
        return static_cast<penstock_status>(status);
      }
      error_ = fmt::format("it returned the status {}, which there is not", status);
      return PENSTOCK_FAILED;
    }
  } catch (const std::exception& e) {
    error_ = fmt::format("an exception left the plugin: {}", e.what());
  } catch (...) {
    error_ = "an exception that is no std::exception left the plugin";
  }
  if (kGivesNothing) node_.logger().error("{}", error_);  // nobody else will
  return PENSTOCK_FAILED;
}

template <class Call>
Instance::Result Instance::run(const Delivery* delivery, Call&& call) {
  error_.clear();
  fault_.clear();
  result_ = {};
  rows_out_ = 0;
  emitted_from_.clear();
  delivery_ = delivery;
  inside_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  began_ns_.store(now_ns(), std::memory_order_relaxed);
  result_.status = guarded(call);
  reject_held();
  began_ns_.store(0, std::memory_order_relaxed);
  inside_.store({}, std::memory_order_relaxed);
  if (!fault_.empty()) {
    result_.status = PENSTOCK_FAILED;
    error_ = fault_;
  }
  if (result_.status != PENSTOCK_OK) {
    if (error_.empty()) error_ = kNoReason;
    keep_held(delivery);
    if (delivery) {
      delivery->stored_before(0);
      delivery->passed_over(0);
    }
  }
  delivery_ = nullptr;
  if (delivery && result_.status == PENSTOCK_OK) delivery->gave_out(rows_out_);
  return std::move(result_);
}

// The call failed, so the batch that it was for is rejected or comes again; what it gave out of
// others is all that there is of them.
void Instance::keep_held(const Delivery* delivery) {
  std::erase_if(result_.outputs, [](const Output& output) { return !output.of_held; });
  if (!delivery) return;
  for (Output& output : result_.outputs) {
    const auto is_of_delivery = [&](const ChunkPtr& chunk) {
      const auto& given = delivery->batch()->chunks;
      return std::any_of(given.begin(), given.end(),
                         [&](const ChunkPtr& each) { return each->array == chunk->array; });
    };
    auto kept = std::make_shared<Batch>(*output.batch);
    std::erase_if(kept->chunks, is_of_delivery);
    kept->rows = 0;
    for (const ChunkPtr& chunk : kept->chunks) kept->rows += (**chunk->array).length;
    output.batch = std::move(kept);
  }
  std::erase_if(result_.outputs, [](const Output& output) { return output.batch->rows == 0; });
}

bool Instance::is_inside(const char* what) {
  if (inside_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return true;
  tell_outside(what);
  return false;
}

void Instance::tell_outside(const char* what) {
  if (!tell_outside_.due()) return;
  node_.logger().error("its plugin {}, which does nothing; this is a bug of the plugin", what);
}

bool Instance::is_well(uint32_t port, const ArrowArray& rows) {
  const ArrowSchema& schema = *node_.description().ports[port].schema;
#ifdef NDEBUG
  const bool looks_inside = node_.description().validate_batches;
#else
  const bool looks_inside = true;
#endif
  std::string fault = shape_fault(schema, rows);
  if (fault.empty() && looks_inside) fault = content_fault(schema, rows);
  else if (fault.empty() && !pads()) fault = offsets_fault(schema, rows);
  if (fault.empty()) return true;
  if (fault_.empty()) {
    fault_ = fmt::format("it gave out by \"{}\" what breaks its schema: {}",
                         node_.ports()[port]->name, fault);
  }
  return false;
}

// What would have come of rows that the node held is lost, so they are rejected.
void Instance::refuse(const std::string& fault, const penstock_batch* const* origins,
                      size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!node_.deliveries().has(origins[i])) continue;
    const Delivery& held = *Delivery::of(origins[i]);
    if (&held == delivery_) continue;
    std::vector<Output> rejected = node_.rejection_of(held, fault);
    for (Output& output : rejected) output.of_held = true;
    append(result_.outputs, std::move(rejected));
  }
}

Instance::Result Instance::process(const Delivery& delivery) {
  return run(&delivery, [&] { return node_.type().process(self_, delivery.view()); });
}

Instance::Result Instance::flush() {
  return run(nullptr,
             [&] { return node_.type().flush ? node_.type().flush(self_) : int32_t{PENSTOCK_OK}; });
}

Instance::Result Instance::on_timer() {
  return run(nullptr, [&] {
    return node_.type().on_timer ? node_.type().on_timer(self_) : int32_t{PENSTOCK_OK};
  });
}

void Instance::acknowledged(uint64_t position) {
  if (node_.type().acknowledged) guarded([&] { node_.type().acknowledged(self_, position); });
}

bool Instance::pads() const { return (node_.type().flags & PENSTOCK_NODE_PADS) != 0; }

bool Instance::known_port(uint32_t port) {
  if (port < node_.type().port_count) return true;
  fault_ = fmt::format("it gave out by port {}, which it does not declare", port);
  return false;
}

const Delivery* Instance::known(const penstock_batch* batch, const char* call) {
  const bool is_given = delivery_ && batch == delivery_->view();
  if (is_given || (batch && node_.deliveries().has(batch))) return Delivery::of(batch);
  if (inside_.load(std::memory_order_relaxed) != std::this_thread::get_id()) {
    tell_outside("names a batch that it does not have");
  } else if (fault_.empty()) {
    fault_ = fmt::format("it calls {} with a batch that it does not have", call);
  }
  return nullptr;
}

void Instance::reject(const char* call, const penstock_batch* batch, RejectedRow row) {
  if (!is_inside("rejects a row outside of a call")) return;
  const Delivery* delivery = known(batch, call);
  if (!delivery) return;
  const auto& chunks = delivery->batch()->chunks;
  const bool exists =
      row.chunk < chunks.size() && row.row >= 0 && row.row < (**chunks[row.chunk]->array).length;
  if (!exists) {
    fault_ = fmt::format("it calls {} with row {} of chunk {}, which is not there", call, row.row,
                         row.chunk);
  } else if (row.part_column && !holds_text(*delivery->batch()->schema, *row.part_column)) {
    fault_ = fmt::format("it calls {} with column {}, which holds no text", call, *row.part_column);
  } else if (delivery == delivery_) {
    result_.rejected.push_back(std::move(row));
  } else {
    held_rejected_.emplace_back(*delivery, std::move(row));
  }
}

// They go on whatever the call came to, as what it emits of held batches does.
void Instance::reject_held() {
  std::map<const Delivery*, std::vector<RejectedRow>> rows;
  for (auto& [held, row] : held_rejected_) rows[&*held].push_back(std::move(row));
  for (auto& [delivery, rejected] : rows) {
    std::vector<Output> outputs = node_.rejection_of(*delivery, std::move(rejected));
    for (Output& output : outputs) output.of_held = true;
    append(result_.outputs, std::move(outputs));
  }
  held_rejected_.clear();
}

void Instance::emit(uint32_t port, ArrowArray* array, const penstock_batch* const* origins,
                    size_t count, std::optional<size_t> from_chunk) {
  auto batch = std::make_shared<Batch>();
  ArrowArray owned = std::exchange(*array, {});
  const bool is_good = is_inside("emits rows outside of a call") && known_port(port) &&
                       std::all_of(origins, origins + count,
                                   [&](const auto* each) { return known(each, "emit"); }) &&
                       is_well(port, owned);
  if (!is_good) {
    if (owned.release) owned.release(&owned);
    if (!fault_.empty()) refuse(fault_, origins, count);
    return;
  }
  Origins all;
  const auto add = [&](const Delivery& from, const Chunk& chunk, size_t ordinal) {
    add_origins(all, chunk.origins,
                {node_number_, from.way(), port, static_cast<uint32_t>(ordinal)});
  };
  const auto add_all = [&](const Delivery& from) {
    for (const ChunkPtr& chunk : from.batch()->chunks) add(from, *chunk, result_.outputs.size());
  };
  if (from_chunk) {
    const auto& chunks = delivery_->batch()->chunks;
    emitted_from_.resize(chunks.size());
    // Told apart from what `emit` counts.
    add(*delivery_, *chunks[*from_chunk], kOfChunk | emitted_from_[*from_chunk]++);
  } else if (count == 0 && delivery_) {
    add_all(*delivery_);
  }
  for (size_t i = 0; i < count; ++i) add_all(*Delivery::of(origins[i]));
  batch->schema = node_.description().ports[port].schema.get();
  batch->add(pads() ? owned : padded(*batch->schema, owned), std::move(all));
  if (batch->rows == 0) return;
  const int64_t leaving = batch->rows * readers(port);
  if (count == 0 && delivery_) rows_out_ += leaving;
  else if (count == 0) node_.grew(leaving);
  else share_out(leaving, origins, count);
  result_.outputs.push_back({port, std::move(batch), count > 0 || !delivery_});
}

void Instance::emit_from_chunk(uint32_t port, ArrowArray* array, size_t chunk) {
  const bool inside = is_inside("emits rows of a chunk outside of a call");
  if (inside && delivery_ && chunk < delivery_->batch()->chunks.size()) {
    emit(port, array, nullptr, 0, chunk);
    return;
  }
  if (inside) fault_ = fmt::format("it gave out rows of chunk {}, which is not there", chunk);
  ArrowArray owned = std::exchange(*array, {});
  if (owned.release) owned.release(&owned);
}

// Each branch has points of its own; into a port that nothing reads goes none.
int64_t Instance::readers(uint32_t port) const {
  return static_cast<int64_t>(node_.ports()[port]->edges.size());
}

// Which row was made of which can't be told; each origin gives as many as it has, the last the
// rest.
void Instance::share_out(int64_t rows, const penstock_batch* const* origins, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const int64_t share = i + 1 < count ? std::min(rows, origins[i]->rows) : rows;
    Delivery::of(origins[i])->gave_out(share);
    rows -= share;
  }
}

// What goes on as it came keeps its part, so that a node that only forwards may be put in or taken
// out. It is told apart where rows of one part could meet: they came by another way of the same
// sources, or go out by this port for another time.
ChunkPtr Instance::forwarded(const ChunkPtr& chunk, uint32_t way, uint32_t port) const {
  uint32_t before = 0;
  for (const Output& output : result_.outputs) {
    if (output.port != port) continue;
    for (const ChunkPtr& each : output.batch->chunks) before += each->array == chunk->array;
  }
  if (way == 0 && before == 0) return chunk;
  Origins origins;
  add_origins(origins, chunk->origins, {node_number_, way, port, before});
  return std::make_shared<const Chunk>(Chunk{std::move(origins), chunk->array});
}

void Instance::forward(uint32_t port, const penstock_batch* const* batches, size_t count) {
  if (!is_inside("forwards batches outside of a call") || !known_port(port) || count == 0) return;
  const bool are_known = std::all_of(batches, batches + count,
                                     [&](const auto* each) { return known(each, "forward"); });
  if (!are_known) return refuse(fault_, batches, count);
  auto batch = std::make_shared<Batch>();
  bool of_held = false;
  batch->schema = node_.description().ports[port].schema.get();
  for (size_t i = 0; i < count; ++i) {
    const Batch& part = *Delivery::of(batches[i])->batch();
    for (const ChunkPtr& chunk : part.chunks) {
      batch->chunks.push_back(forwarded(chunk, Delivery::of(batches[i])->way(), port));
    }
    batch->rows += part.rows;
    // A batch that was held may be let go of before this call returns.
    const int64_t leaving = part.rows * readers(port);
    if (Delivery::of(batches[i]) == delivery_) {
      rows_out_ += leaving;
    } else {
      Delivery::of(batches[i])->gave_out(leaving);
      of_held = true;
    }
  }
  result_.outputs.push_back({port, std::move(batch), of_held});
}

HealthReading Instance::health() const {
  const std::lock_guard lock(health_mutex_);
  // The plugin may know why its call takes long, or have said so of an earlier one.
  const bool says_more = health_ == PENSTOCK_DEGRADED && !health_detail_.empty();
  if (!stall_.empty()) {
    return {PENSTOCK_DEGRADED, says_more ? health_detail_ + "; " + stall_ : stall_};
  }
  if (!trouble_.empty()) return {PENSTOCK_DEGRADED, trouble_};
  return {health_, health_detail_};
}

void Instance::set_trouble(const std::string& what) {
  {
    const std::lock_guard lock(health_mutex_);
    if (trouble_ == what) return;
    trouble_ = what;
  }
  node_.log_health_change();
}

bool Instance::check_stall(std::chrono::nanoseconds after) {
  const int64_t began_ns = began_ns_.load(std::memory_order_relaxed);
  const int64_t took_ns = began_ns == 0 ? 0 : now_ns() - began_ns;
  const bool stalls = took_ns > after.count();
  {
    const std::lock_guard lock(health_mutex_);
    if (stalls == !stall_.empty()) return stalls;
    stall_ = stalls ? fmt::format("a plugin call has not returned for {} (stall_after)",
                                  format_duration(after.count()))
                    : "";
  }
  node_.log_health_change();
  return stalls;
}

void Instance::set_started() {
  {
    const std::lock_guard lock(health_mutex_);
    trouble_.clear();
    if (!health_is_set_) health_ = PENSTOCK_HEALTHY;
  }
  node_.log_health_change();
}

// The C functions of penstock_host. What they do is said in plugin.h.
struct HostFunctions {
  static Instance& self(penstock_context* context) { return *static_cast<Instance*>(context); }
  static std::string_view view(penstock_text text) { return {text.data, text.size}; }
  // What an option holds of a secret is in no message, label or state.
  static std::string words(penstock_context* context, penstock_text text) {
    return self(context).node_.description().values.redacted(std::string(view(text)));
  }
  static MetricCell* cell(penstock_context* context, uint32_t metric) {
    auto& cells = self(context).cells_;
    return metric < cells.size() ? &cells[metric] : nullptr;
  }

  static void log(penstock_context* context, int32_t level, penstock_text message) {
    spdlog::logger& logger = self(context).node_.logger();
    if (level == PENSTOCK_LOG_DEBUG && !logger.should_log(spdlog::level::debug)) return;
    const std::string text = words(context, message);
    switch (level) {
      case PENSTOCK_LOG_DEBUG: logger.debug("{}", text); break;
      case PENSTOCK_LOG_WARNING: logger.warn("{}", text); break;
      case PENSTOCK_LOG_ERROR: logger.error("{}", text); break;
      default: logger.info("{}", text);
    }
  }
  static void set_health(penstock_context* context, int32_t health, penstock_text detail) {
    Instance& instance = self(context);
    std::string text = words(context, detail);
    {
      const std::lock_guard lock(instance.health_mutex_);
      instance.health_is_set_ = true;
      instance.health_ = health;
      instance.health_detail_ = std::move(text);
    }
    instance.node_.log_health_change();
  }
  static void metric_add(penstock_context* context, uint32_t metric, double amount) {
    if (MetricCell* at = cell(context, metric)) at->add(amount);
  }
  static void metric_set(penstock_context* context, uint32_t metric, double value) {
    if (MetricCell* at = cell(context, metric)) at->set(value);
  }
  static void metric_observe(penstock_context* context, uint32_t metric, double seconds) {
    if (MetricCell* at = cell(context, metric)) at->observe(seconds);
  }
  static void metric_label(penstock_context* context, uint32_t metric, penstock_text value) {
    if (MetricCell* at = cell(context, metric)) at->label(words(context, value));
  }
  static void set_error(penstock_context* context, penstock_text message) {
    self(context).error_ = words(context, message);
  }
  static void set_timer(penstock_context* context, int64_t after_ns) {
    Instance& instance = self(context);
    Timers& timers = instance.node_.timers();
    if (after_ns < 0) timers.cancel(instance);
    else timers.set(instance, Timers::Clock::now() + std::chrono::nanoseconds(after_ns));
  }
  static void emit(penstock_context* context, uint32_t port, ArrowArray* array,
                   const penstock_batch* const* origins, size_t count) {
    self(context).emit(port, array, origins, count);
  }
  static void emit_from_chunk(penstock_context* context, uint32_t port, ArrowArray* array,
                              size_t chunk) {
    self(context).emit_from_chunk(port, array, chunk);
  }
  static void forward(penstock_context* context, uint32_t port,
                      const penstock_batch* const* batches, size_t count) {
    self(context).forward(port, batches, count);
  }
  static void reject_row(penstock_context* context, const penstock_batch* batch, size_t chunk,
                         int64_t row, penstock_text reason) {
    reject_row_detail(context, batch, chunk, row, reason, {"", 0});
  }
  static void reject_row_detail(penstock_context* context, const penstock_batch* batch,
                                size_t chunk, int64_t row, penstock_text reason,
                                penstock_text detail) {
    self(context).reject("reject_row", batch,
                         {chunk, row, std::string(view(reason)), std::string(view(detail))});
  }
  static void reject_part(penstock_context* context, const penstock_batch* batch, size_t chunk,
                          int64_t row, size_t column, penstock_text part, penstock_text reason,
                          penstock_text detail) {
    self(context).reject("reject_part", batch,
                         {chunk, row, std::string(view(reason)), std::string(view(detail)), column,
                          std::string(view(part))});
  }
  static void retain(const penstock_batch* batch) { Delivery::of(batch)->retain(); }
  static void release(const penstock_batch* batch) { Delivery::of(batch)->release(); }
  // In pieces that fit on the stack.
  static size_t append(penstock_context* context, const penstock_message* messages, size_t count,
                       uint32_t flags, uint64_t* position) {
    std::array<penstock_source_message, 64> piece;
    size_t taken = 0;
    do {
      const size_t size = std::min(piece.size(), count - taken);
      for (size_t i = 0; i < size; ++i) {
        const penstock_message& from = messages[taken + i];
        piece[i] = {};
        piece[i].topic = from.topic;
        piece[i].payload = from.payload;
        piece[i].received_us = from.received_us;
      }
      const size_t now = append_span(context, {piece.data(), size}, flags, position);
      taken += now;
      if (now < size) break;
    } while (taken < count);
    return taken;
  }
  // Null, and told: it is none, and calls what only sources may.
  static SourceNode* source_of(penstock_context* context) {
    Instance& instance = self(context);
    if (instance.node_.type().kind == PENSTOCK_SOURCE) return &SourceNode::of(instance);
    instance.tell_outside("calls what only a source may");
    return nullptr;
  }
  static size_t append_messages(penstock_context* context, const penstock_source_message* messages,
                                size_t count, uint32_t flags, uint64_t* position) {
    return append_span(context, {messages, count}, flags, position);
  }
  static size_t append_span(penstock_context* context,
                            std::span<const penstock_source_message> messages, uint32_t flags,
                            uint64_t* position) {
    SourceNode* source = source_of(context);
    if (!source) return 0;
    if (source->stopped()) {
      self(context).tell_outside("appends messages after its stop");
      return 0;
    }
    return source->intake().append(messages, (flags & PENSTOCK_APPEND_FORCE) != 0, position);
  }
  static int32_t wait_for_space(penstock_context* context, int64_t timeout_ns) {
    SourceNode* source = source_of(context);
    return source && source->intake().wait_for_space(std::chrono::nanoseconds(timeout_ns));
  }
  // Null: the plugin has no such range.
  static const Intake* intake_of(penstock_context* context, const penstock_batch* batch,
                                 size_t range, const char* call) {
    const Delivery* delivery = self(context).known(batch, call);
    return delivery && range < batch->range_count ? &delivery->intake_of(range) : nullptr;
  }
  static const char* appending_intake(penstock_context* context, const penstock_batch* batch,
                                      size_t range) {
    const Intake* intake = intake_of(context, batch, range, "appending_intake");
    return intake ? intake->run().c_str() : "";
  }
  static const char* earlier_run(penstock_context* context, const penstock_batch* batch,
                                 size_t range, size_t index, uint64_t* end) {
    const Intake* intake = intake_of(context, batch, range, "earlier_run");
    if (!intake) return nullptr;
    const auto& runs = intake->earlier_runs();
    if (index >= runs.size()) return nullptr;
    *end = runs[index].end;
    return runs[index].id.c_str();
  }
  static void stored_before(penstock_context* context, int64_t rows) {
    Instance& instance = self(context);
    if (!instance.is_inside("counts rows as stored outside of a call")) return;
    if (instance.delivery_) instance.delivery_->stored_before(rows);
  }
  static void passed_over(penstock_context* context, int64_t rows) {
    Instance& instance = self(context);
    if (!instance.is_inside("counts rows as passed over outside of a call")) return;
    if (instance.delivery_) instance.delivery_->passed_over(rows);
  }
  static penstock_text read_option(penstock_context* context, const char* name) {
    Instance& instance = self(context);
    const NodeDescription& node = instance.node_.description();
    for (size_t i = 0; i < node.type->option_count; ++i) {
      if (std::strcmp(strided(node.type->options, i).name, name) != 0) continue;
      std::string error;
      std::optional<std::string> text = node.values.read_again(i, error);
      if (!error.empty())
        instance.node_.logger().warn("{}: {}; going on with the earlier value", name, error);
      if (!text) break;
      instance.option_ = std::move(*text);
      return {instance.option_.data(), instance.option_.size()};
    }
    return {nullptr, 0};
  }
  static void* keep(penstock_context* context, const char* name, size_t bytes, int32_t* state) {
    Instance& instance = self(context);
    *state = PENSTOCK_KEPT_NEW;
    SourceNode* source = source_of(context);
    if (!source) return nullptr;
    if (!is_kept_name(name)) {
      instance.tell_outside("calls keep with a name that is not of a-z, 0-9 and -");
      return nullptr;
    }
    std::string error;
    Intake::Kept kept = source->intake().keep(name, bytes, error);
    if (!error.empty()) instance.node_.logger().warn("{}", error);
    *state = kept.state;
    if (!kept.file) return nullptr;
    auto& files = instance.kept_;
    if (std::find(files.begin(), files.end(), kept.file) == files.end()) files.push_back(kept.file);
    return kept.file->memory();
  }
  static int32_t is_interrupted(penstock_context* context) {
    return self(context).interrupted_.load(std::memory_order_relaxed);
  }
  static void drop(penstock_context* context, uint64_t count) {
    self(context).node_.dropped(count);
  }
  static void finished(penstock_context* context) {
    if (SourceNode* source = source_of(context)) source->set_finished();
  }
  static void give_up(penstock_context* context, penstock_text why) {
    SourceNode* source = source_of(context);
    if (!source) return;
    source->logger().error("{}", std::string_view(why.data, why.size));
    source->give_up();
  }
};

const penstock_host& host() {
  static const penstock_host functions{sizeof(penstock_host),
                                       PENSTOCK_ABI_MINOR,
                                       HostFunctions::log,
                                       HostFunctions::set_health,
                                       HostFunctions::metric_add,
                                       HostFunctions::metric_set,
                                       HostFunctions::metric_observe,
                                       HostFunctions::metric_label,
                                       HostFunctions::set_error,
                                       HostFunctions::set_timer,
                                       HostFunctions::emit,
                                       HostFunctions::forward,
                                       HostFunctions::reject_row,
                                       HostFunctions::retain,
                                       HostFunctions::release,
                                       HostFunctions::append,
                                       HostFunctions::wait_for_space,
                                       HostFunctions::finished,
                                       HostFunctions::reject_row_detail,
                                       HostFunctions::drop,
                                       HostFunctions::append_messages,
                                       HostFunctions::appending_intake,
                                       HostFunctions::emit_from_chunk,
                                       HostFunctions::is_interrupted,
                                       HostFunctions::stored_before,
                                       HostFunctions::earlier_run,
                                       HostFunctions::passed_over,
                                       HostFunctions::read_option,
                                       HostFunctions::keep,
                                       HostFunctions::reject_part,
                                       HostFunctions::give_up};
  return functions;
}

}  // namespace penstock::engine
