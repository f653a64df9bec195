#include "plugin_host/instance.hpp"

#include <fmt/format.h>
#include <penstock/column_layout.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>
#include <type_traits>

#include "config/option_values.hpp"
#include "config/quantity.hpp"
#include "plugin_host/batch_fault.hpp"
#include "plugin_host/node_services.hpp"
#include "plugin_host/padding.hpp"
#include "plugin_host/timers.hpp"

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

}  // namespace

void append(std::vector<Output>& to, std::vector<Output> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Instance::Instance(NodeServices& node, uint32_t index)
    : node_(node),
      node_number_(node_number(node.description().name)),
      index_(index),
      cells_(node.description().type->metric_count) {}

Instance::~Instance() { destroy(); }

const penstock_node_type& Instance::type() const { return *node_.description().type; }

bool Instance::create(const penstock_settings& settings) {
  error_.clear();
  guarded([&] {
    self_ = type().create(&settings, &host(), this);
    return self_ ? PENSTOCK_OK : PENSTOCK_FAILED;
  });
  if (!self_ && error_.empty()) error_ = "its constructor gave no reason";
  return self_ != nullptr;
}

void Instance::destroy() {
  if (self_) guarded([&] { type().destroy(self_); });
  self_ = nullptr;
}

penstock_status Instance::start() {
  error_.clear();
  if (!type().start) return PENSTOCK_OK;
  const penstock_status status = guarded([&] { return type().start(self_); });
  if (status != PENSTOCK_OK && error_.empty()) error_ = kNoReason;
  return status;
}

void Instance::stop() {
  if (type().stop) guarded([&] { type().stop(self_); });
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
      error_ = fmt::format("it returned the unknown status {}", status);
      return PENSTOCK_FAILED;
    }
  } catch (const std::exception& e) {
    error_ = fmt::format("the plugin threw an exception: {}", e.what());
  } catch (...) {
    error_ = "the plugin threw something that is not a std::exception";
  }
  if (kGivesNothing) node_.logger().error("{}", error_);  // nobody else will
  return PENSTOCK_FAILED;
}

template <class Call>
Instance::CallResult Instance::run(const Delivery* delivery, Call&& call) {
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
  if (delivery && result_.status == PENSTOCK_OK) delivery->count_emitted(rows_out_);
  return std::move(result_);
}

// The call failed, so the batch that it was for is rejected or comes again; what it emitted of
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
  node_.logger().error("its plugin {}, which does nothing; this is a bug in the plugin", what);
}

bool Instance::is_valid(uint32_t port, const ArrowArray& rows) {
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
    fault_ = fmt::format("it emitted a batch on \"{}\" that violates its schema: {}",
                         node_.description().ports[port].name, fault);
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

Instance::CallResult Instance::process(const Delivery& delivery) {
  return run(&delivery, [&] { return type().process(self_, delivery.view()); });
}

Instance::CallResult Instance::flush() {
  return run(nullptr, [&] { return type().flush ? type().flush(self_) : int32_t{PENSTOCK_OK}; });
}

Instance::CallResult Instance::on_timer() {
  return run(nullptr,
             [&] { return type().on_timer ? type().on_timer(self_) : int32_t{PENSTOCK_OK}; });
}

void Instance::acknowledged(uint64_t position) {
  if (type().acknowledged) guarded([&] { type().acknowledged(self_, position); });
}

bool Instance::pads() const { return (type().flags & PENSTOCK_NODE_PADS) != 0; }

bool Instance::known_port(uint32_t port) {
  if (port < type().port_count) return true;
  fault_ = fmt::format("it emitted on port {}, which it does not declare", port);
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

// They leave whatever the call returned, like what it emits of held batches.
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
                       is_valid(port, owned);
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
  else count_emitted(leaving, origins, count);
  result_.outputs.push_back({port, std::move(batch), count > 0 || !delivery_});
}

void Instance::emit_from_chunk(uint32_t port, ArrowArray* array, size_t chunk) {
  const bool inside = is_inside("emits rows of a chunk outside of a call");
  if (inside && delivery_ && chunk < delivery_->batch()->chunks.size()) {
    emit(port, array, nullptr, 0, chunk);
    return;
  }
  if (inside)
    fault_ = fmt::format("it emitted rows of chunk {}, which the batch does not have", chunk);
  ArrowArray owned = std::exchange(*array, {});
  if (owned.release) owned.release(&owned);
}

// Every branch counts its own points; a port that nothing reads has none.
int64_t Instance::readers(uint32_t port) const { return static_cast<int64_t>(node_.readers(port)); }

// Which row was made of which can't be told; each origin gives as many as it has, the last the
// rest.
void Instance::count_emitted(int64_t rows, const penstock_batch* const* origins, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const int64_t share = i + 1 < count ? std::min(rows, origins[i]->rows) : rows;
    Delivery::of(origins[i])->count_emitted(share);
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
    // A batch that was held may be released before this call returns.
    const int64_t leaving = part.rows * readers(port);
    if (Delivery::of(batches[i]) == delivery_) {
      rows_out_ += leaving;
    } else {
      Delivery::of(batches[i])->count_emitted(leaving);
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
  is_started_ = true;
  if (early_timer_) node_.timers().set(*this, *early_timer_);
}

void Instance::set_timer(std::chrono::nanoseconds after) {
  const bool is_set = after.count() >= 0;
  const auto when = Timers::Clock::now() + after;
  if (!is_started_) early_timer_ = is_set ? std::optional(when) : std::nullopt;
  else if (is_set) node_.timers().set(*this, when);
  else node_.timers().cancel(*this);
}

}  // namespace penstock::engine
