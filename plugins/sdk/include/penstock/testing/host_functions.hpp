// The functions of penstock_host as a test has them: each notes what it is told, and finds what the
// contract forbids.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "penstock/plugin.h"
#include "penstock/testing/given_batch.hpp"
#include "penstock/testing/observed.hpp"

namespace penstock::testing::detail {

// A function of the host, with the lock held.
class Entered {
 public:
  Entered(penstock_context* context, const char* function)
      : host_(*reinterpret_cast<Observed*>(context)), function_(function), lock_(host_.mutex) {
    if (host_.destroyed) host_.add_fault(std::string("it calls ") + function + " after destroy");
  }
  ~Entered() { host_.changed.notify_all(); }
  Observed* operator->() const { return &host_; }
  Observed& operator*() const { return host_; }

  void fault(const std::string& what) const {
    host_.add_fault("it calls " + std::string(function_) + " " + what);
  }
  std::string text(penstock_text text) const {
    if (!text.data && text.size > 0) fault("with a text of NULL");
    return text.data ? std::string(text.data, text.size) : std::string();
  }
  bool is_inside() const {
    if (host_.is_inside()) return true;
    fault("outside of a call");
    return false;
  }
  // In the calls that rows may leave by.
  bool gives_rows() const {
    if (!is_inside()) return false;
    const std::string_view call = host_.call;
    if (call == "process" || call == "flush" || call == "on_timer") return true;
    fault("in " + std::string(call));
    return false;
  }
  bool has_port(uint32_t port) const {
    if (port < host_.type.port_count) return true;
    fault("with port " + std::to_string(port) + ", which it does not declare");
    return false;
  }
  const penstock_batch* batch(const penstock_batch* view) const {
    const GivenBatch* given = GivenBatch::of(view);
    if (given && (view == host_.current || given->holders() > 0)) return view;
    fault("with a batch that it does not have");
    return nullptr;
  }
  bool is_source() const {
    if (host_.type.kind == PENSTOCK_SOURCE || host_.type.kind == 0) return true;
    fault("and is no source");
    return false;
  }
  bool has_metric(uint32_t metric) const {
    if (host_.type.kind == 0 || metric < host_.type.metric_count) return true;
    fault("with metric " + std::to_string(metric) + ", which it does not declare");
    return false;
  }

 private:
  Observed& host_;
  const char* function_;
  std::lock_guard<std::mutex> lock_;
};

struct Functions {
  static void log(penstock_context* context, int32_t level, penstock_text message) {
    const Entered host(context, "log");
    if (level < PENSTOCK_LOG_DEBUG || level > PENSTOCK_LOG_ERROR) {
      host.fault("with a level that there is not");
    }
    host->log.push_back({level, host.text(message)});
  }
  static void set_health(penstock_context* context, int32_t health, penstock_text detail) {
    const Entered host(context, "set_health");
    if (health < PENSTOCK_STARTING || health > PENSTOCK_DEGRADED) {
      host.fault("with a health that there is not");
    }
    host->healths.push_back({health, host.text(detail)});
  }
  static void metric_add(penstock_context* context, uint32_t metric, double amount) {
    const Entered host(context, "metric_add");
    if (host.has_metric(metric)) host->numbers[metric] += amount;
  }
  static void metric_set(penstock_context* context, uint32_t metric, double value) {
    const Entered host(context, "metric_set");
    if (host.has_metric(metric)) host->numbers[metric] = value;
  }
  static void metric_observe(penstock_context* context, uint32_t metric, double seconds) {
    const Entered host(context, "metric_observe");
    if (host.has_metric(metric)) host->numbers[metric] += seconds;
  }
  static void metric_label(penstock_context* context, uint32_t metric, penstock_text value) {
    const Entered host(context, "metric_label");
    if (host.has_metric(metric)) host->labels[metric] = host.text(value);
  }
  static void set_error(penstock_context* context, penstock_text message) {
    const Entered host(context, "set_error");
    if (host->type.kind != 0 && !host.is_inside()) return;
    host->error = host.text(message);
    host->has_error = !host->error.empty();
  }
  static void set_timer(penstock_context* context, int64_t after_ns) {
    const Entered host(context, "set_timer");
    if (!host.is_inside()) return;
    if (after_ns < 0) host->timer.reset();
    else host->timer = host->now_ns + after_ns;
  }
  static void take(const Entered& host, ArrowArray* array, Output output, bool good) {
    if (!array || !array->release) return host.fault("with an array that is released already");
    host->arrays.push_back(std::make_unique<OwnedRows>(std::exchange(*array, {})));
    if (!good) return host->arrays.pop_back();
    output.chunks = {&host->arrays.back()->array};
    host->outputs.push_back(std::move(output));
  }
  static void emit(penstock_context* context, uint32_t port, ArrowArray* array,
                   const penstock_batch* const* origins, size_t count) {
    const Entered host(context, "emit");
    Output output{port, {}, {}, {}, false};
    bool good = host.gives_rows() && host.has_port(port);
    for (size_t i = 0; i < count; ++i) {
      const penstock_batch* origin = good ? host.batch(origins[i]) : nullptr;
      good = origin != nullptr;
      output.origins.push_back(origin);
    }
    take(host, array, std::move(output), good);
  }
  static void emit_from_chunk(penstock_context* context, uint32_t port, ArrowArray* array,
                              size_t chunk) {
    const Entered host(context, "emit_from_chunk");
    bool good = host.gives_rows() && host.has_port(port);
    if (good && (!host->current || chunk >= host->current->chunk_count)) {
      host.fault("with chunk " + std::to_string(chunk) + ", which is not there");
      good = false;
    }
    take(host, array, {port, {}, {}, chunk, false}, good);
  }
  static void forward(penstock_context* context, uint32_t port,
                      const penstock_batch* const* batches, size_t count) {
    const Entered host(context, "forward");
    if (!host.gives_rows() || !host.has_port(port)) return;
    Output output{port, {}, {}, {}, true};
    for (size_t i = 0; i < count; ++i) {
      const penstock_batch* batch = host.batch(batches[i]);
      if (!batch) return;
      output.origins.push_back(batch);
      output.chunks.insert(output.chunks.end(), batch->chunks, batch->chunks + batch->chunk_count);
    }
    if (count > 0) host->outputs.push_back(std::move(output));
  }
  static void reject(const Entered& host, RejectedRow row) {
    if (!host.gives_rows() || !host.batch(row.batch)) return;
    if (row.chunk >= row.batch->chunk_count || row.row < 0 ||
        row.row >= row.batch->chunks[row.chunk]->length) {
      return host.fault("with row " + std::to_string(row.row) + " of chunk " +
                        std::to_string(row.chunk) + ", which is not there");
    }
    if (row.reason.empty()) host.fault("without a reason");
    host->rejected.push_back(std::move(row));
  }
  static void reject_row(penstock_context* context, const penstock_batch* batch, size_t chunk,
                         int64_t row, penstock_text reason) {
    const Entered host(context, "reject_row");
    reject(host, {batch, chunk, row, host.text(reason), "", {}, ""});
  }
  static void reject_row_detail(penstock_context* context, const penstock_batch* batch,
                                size_t chunk, int64_t row, penstock_text reason,
                                penstock_text detail) {
    const Entered host(context, "reject_row_detail");
    reject(host, {batch, chunk, row, host.text(reason), host.text(detail), {}, ""});
  }
  static void reject_part(penstock_context* context, const penstock_batch* batch, size_t chunk,
                          int64_t row, size_t column, penstock_text part, penstock_text reason,
                          penstock_text detail) {
    const Entered host(context, "reject_part");
    if (batch && host.batch(batch) && column >= static_cast<size_t>(batch->schema->n_children)) {
      return host.fault("with column " + std::to_string(column) + ", which is not there");
    }
    reject(host,
           {batch, chunk, row, host.text(reason), host.text(detail), column, host.text(part)});
  }
  static size_t append_one_by_one(const Entered& host, std::vector<Message> messages,
                                  uint32_t flags, uint64_t* position) {
    size_t taken = 0;
    const bool may = host.is_source();
    if (may && host->stopped) host.fault("after stop");
    for (Message& message : messages) {
      const bool forced = (flags & PENSTOCK_APPEND_FORCE) != 0;
      if (!may || host->stopped || (host->room == size_t{0} && !forced)) break;
      if (host->room && *host->room > 0) --*host->room;
      if (host->keeps_messages) host->messages.push_back(std::move(message));
      ++host->appended;
      ++taken;
    }
    if (position) *position = host->appended;
    return taken;
  }
  static size_t append(penstock_context* context, const penstock_message* messages, size_t count,
                       uint32_t flags, uint64_t* position) {
    const Entered host(context, "append");
    std::vector<Message> all;
    for (size_t i = 0; i < count; ++i) {
      all.push_back({host.text(messages[i].topic), host.text(messages[i].payload), "",
                     messages[i].received_us, 0, 0});
    }
    return append_one_by_one(host, std::move(all), flags, position);
  }
  static size_t append_messages(penstock_context* context, const penstock_source_message* first,
                                size_t count, uint32_t flags, uint64_t* position) {
    const Entered host(context, "append_messages");
    std::vector<Message> all;
    for (size_t i = 0; i < count; ++i) {
      const auto& message = *reinterpret_cast<const penstock_source_message*>(
          reinterpret_cast<const char*>(first) + i * first->size);
      all.push_back({host.text(message.topic), host.text(message.payload),
                     host.text(message.attributes), message.received_us, message.flags,
                     message.identifier});
    }
    return append_one_by_one(host, std::move(all), flags, position);
  }
  static int32_t wait_for_space(penstock_context* context, int64_t timeout_ns) {
    Observed& host = *reinterpret_cast<Observed*>(context);
    {
      const Entered entered(context, "wait_for_space");
      if (!entered.is_source()) return 0;
    }
    std::unique_lock lock(host.mutex);
    host.changed.wait_for(lock, std::chrono::nanoseconds(timeout_ns),
                          [&] { return host.stopping || host.room != size_t{0}; });
    return !host.stopping && host.room != size_t{0};
  }
  static void finished(penstock_context* context) {
    const Entered host(context, "finished");
    if (host.is_source()) host->finished = true;
  }
  static void give_up(penstock_context* context, penstock_text why) {
    const Entered host(context, "give_up");
    if (!host.is_source()) return;
    host->gave_up = host.text(why);
    host->finished = true;
  }
  static void drop(penstock_context* context, uint64_t count) {
    const Entered host(context, "drop");
    host->dropped += count;
  }
  static const char* appending_intake(penstock_context* context, const penstock_batch* batch,
                                      size_t range) {
    const Entered host(context, "appending_intake");
    return host.batch(batch) && range < batch->range_count ? batch->ranges[range].intake : "";
  }
  static const char* earlier_run(penstock_context* context, const penstock_batch* batch, size_t,
                                 size_t, uint64_t*) {
    const Entered host(context, "earlier_run");
    host.batch(batch);
    return nullptr;
  }
  static int32_t is_interrupted(penstock_context* context) {
    const Entered host(context, "is_interrupted");
    return host->interrupted;
  }
  static void stored_before(penstock_context* context, int64_t rows) {
    const Entered host(context, "stored_before");
    if (host.is_inside()) host->stored_before += rows;
  }
  static void passed_over(penstock_context* context, int64_t rows) {
    const Entered host(context, "passed_over");
    if (host.is_inside()) host->passed_over += rows;
  }
  static penstock_text read_option(penstock_context* context, const char* name) {
    const Entered host(context, "read_option");
    const auto at = host->options.find(name);
    if (at == host->options.end()) return {nullptr, 0};
    return {at->second.data(), at->second.size()};
  }
  static void* keep(penstock_context* context, const char* name, size_t bytes, int32_t* state) {
    const Entered host(context, "keep");
    *state = PENSTOCK_KEPT_NEW;
    if (!host.is_source() || !host->gives_memory) return nullptr;
    std::vector<char>& memory = host->kept[name];
    memory.resize(bytes);
    return memory.data();
  }
};

inline const penstock_host& host_table() {
  static const penstock_host functions = [] {
    penstock_host host = {};
    host.size = sizeof(host);
    host.abi_minor = PENSTOCK_ABI_MINOR;
    host.log = Functions::log;
    host.set_health = Functions::set_health;
    host.metric_add = Functions::metric_add;
    host.metric_set = Functions::metric_set;
    host.metric_observe = Functions::metric_observe;
    host.metric_label = Functions::metric_label;
    host.set_error = Functions::set_error;
    host.set_timer = Functions::set_timer;
    host.emit = Functions::emit;
    host.forward = Functions::forward;
    host.reject_row = Functions::reject_row;
    host.retain = GivenBatch::retain;
    host.release = GivenBatch::release;
    host.append = Functions::append;
    host.wait_for_space = Functions::wait_for_space;
    host.finished = Functions::finished;
    host.reject_row_detail = Functions::reject_row_detail;
    host.drop = Functions::drop;
    host.append_messages = Functions::append_messages;
    host.appending_intake = Functions::appending_intake;
    host.emit_from_chunk = Functions::emit_from_chunk;
    host.is_interrupted = Functions::is_interrupted;
    host.stored_before = Functions::stored_before;
    host.earlier_run = Functions::earlier_run;
    host.passed_over = Functions::passed_over;
    host.read_option = Functions::read_option;
    host.keep = Functions::keep;
    host.reject_part = Functions::reject_part;
    host.give_up = Functions::give_up;
    return host;
  }();
  return functions;
}

}  // namespace penstock::testing::detail
