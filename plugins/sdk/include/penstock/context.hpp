// What the engine offers to one instance of a node.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/batch.hpp"
#include "penstock/plugin.h"

namespace penstock {

// Views of these; flags, identifier and attributes may be set.
inline penstock_source_message source_message(std::string_view topic, std::string_view payload,
                                              int64_t received_us) {
  penstock_source_message message = {};
  message.size = sizeof(message);
  message.topic = {topic.data(), topic.size()};
  message.payload = {payload.data(), payload.size()};
  message.received_us = received_us;
  return message;
}

// An engine older than ABI 1.1 has memory intakes only.
inline int32_t intake_of(const penstock_settings& settings) {
  constexpr size_t kEnd = offsetof(penstock_settings, intake) + sizeof(settings.intake);
  return settings.size < kEnd ? int32_t{PENSTOCK_INTAKE_MEMORY} : settings.intake;
}

// PENSTOCK_COLUMN_…; an engine older than ABI 1.7 has none.
inline uint32_t extra_columns_of(const penstock_settings& settings) {
  constexpr size_t kEnd = offsetof(penstock_settings, extra_columns) + sizeof(uint32_t);
  return settings.size < kEnd ? 0 : settings.extra_columns;
}

// An engine older than ABI 1.7 asks for no such thing.
inline bool ends_session_of(const penstock_settings& settings) {
  constexpr size_t kEnd = offsetof(penstock_settings, ends_session) + sizeof(settings.ends_session);
  return settings.size >= kEnd && settings.ends_session != 0;
}

// The columns of each input; none with an engine older than ABI 1.5.
inline std::vector<Schema> inputs_of(const penstock_settings& settings) {
  constexpr size_t kEnd = offsetof(penstock_settings, input_count) + sizeof(settings.input_count);
  std::vector<Schema> inputs;
  if (settings.size < kEnd) return inputs;
  for (size_t i = 0; i < settings.input_count; ++i) {
    inputs.push_back(read_schema(*settings.inputs[i]));
  }
  return inputs;
}

// Valid from the instance's construction to its destruction. Threads as said at each
// function of penstock_host, which these are; functions without a note: any thread.
class Context {
 public:
  Context(const penstock_settings& settings, const penstock_host* host, penstock_context* context)
      : host_(host),
        context_(context),
        node_(settings.node),
        service_(settings.service),
        parallelism_(settings.parallelism),
        intake_(intake_of(settings)),
        extra_columns_(extra_columns_of(settings)),
        ends_session_(ends_session_of(settings)),
        inputs_(inputs_of(settings)) {}

  const std::string& node() const { return node_; }
  const std::string& service() const { return service_; }
  uint32_t parallelism() const { return parallelism_; }
  // See penstock_settings.
  const std::vector<Schema>& inputs() const { return inputs_; }
  // penstock_intake: see penstock_settings.
  int32_t intake() const { return intake_; }
  // Sources: which columns their messages have besides, PENSTOCK_COLUMN_….
  uint32_t extra_columns() const { return extra_columns_; }
  bool has_column(uint32_t column) const { return (extra_columns_ & column) != 0; }
  bool ends_session() const { return ends_session_; }

  void debug(std::string_view message) { host_->log(context_, PENSTOCK_LOG_DEBUG, c(message)); }
  void info(std::string_view message) { host_->log(context_, PENSTOCK_LOG_INFO, c(message)); }
  void warn(std::string_view message) { host_->log(context_, PENSTOCK_LOG_WARNING, c(message)); }
  void error(std::string_view message) { host_->log(context_, PENSTOCK_LOG_ERROR, c(message)); }

  void starting(std::string_view why) { host_->set_health(context_, PENSTOCK_STARTING, c(why)); }
  void healthy() { host_->set_health(context_, PENSTOCK_HEALTHY, c("")); }
  void degraded(std::string_view why) { host_->set_health(context_, PENSTOCK_DEGRADED, c(why)); }

  // `metric` is the index in the node's metric table; an enum of the node names them.
  void add(uint32_t metric, double amount = 1) { host_->metric_add(context_, metric, amount); }
  void set(uint32_t metric, double value) { host_->metric_set(context_, metric, value); }
  void observe(uint32_t metric, std::chrono::duration<double> time) {
    host_->metric_observe(context_, metric, time.count());
  }
  void label(uint32_t metric, std::string_view value) {
    host_->metric_label(context_, metric, c(value));
  }

  // From inside a call of the instance.
  void set_error(std::string_view message) { host_->set_error(context_, c(message)); }
  void call_in(std::chrono::nanoseconds time) { host_->set_timer(context_, time.count()); }
  void cancel_call() { host_->set_timer(context_, -1); }

  // From inside process, flush or on_timer: rows made from the batch being processed.
  void emit(uint32_t port, ArrowArray rows) { host_->emit(context_, port, &rows, nullptr, 0); }
  // The same, made of one chunk of it alone: see penstock_host's emit_from_chunk.
  void emit_from_chunk(uint32_t port, ArrowArray rows, size_t chunk) {
    if (offers(&penstock_host::emit_from_chunk))
      host_->emit_from_chunk(context_, port, &rows, chunk);
    else emit(port, rows);
  }
  // Rows made from batches that were held.
  void emit(uint32_t port, ArrowArray rows, std::span<const HeldBatch> origins) {
    const auto batches = pointers(origins);
    host_->emit(context_, port, &rows, batches.data(), batches.size());
  }
  // Batches as they came, as one, without a copy.
  void forward(uint32_t port, std::span<const HeldBatch> held) {
    const auto batches = pointers(held);
    host_->forward(context_, port, batches.data(), batches.size());
  }
  void forward(uint32_t port, const Batch& batch) {
    const penstock_batch* one = batch.c();
    host_->forward(context_, port, &one, 1);
  }
  void reject_row(const Batch& batch, size_t chunk, int64_t row, std::string_view reason,
                  std::string_view detail = {}) {
    host_->reject_row_detail(context_, batch.c(), chunk, row, c(reason), c(detail));
  }
  // See penstock_host. An engine older than this rejects rows only whole.
  bool rejects_parts() const { return offers(&penstock_host::reject_part); }
  void reject_part(const Batch& batch, size_t chunk, int64_t row, size_t column,
                   std::string_view part, std::string_view reason, std::string_view detail = {}) {
    host_->reject_part(context_, batch.c(), chunk, row, column, c(part), c(reason), c(detail));
  }

  void passed_over(int64_t rows) {
    if (offers(&penstock_host::passed_over)) host_->passed_over(context_, rows);
  }
  void stored_before(int64_t rows) {
    if (offers(&penstock_host::stored_before)) host_->stored_before(context_, rows);
  }
  // The text of an option as it is now, if it may change while the engine runs: see penstock_host.
  std::optional<std::string> read_option(const char* name) {
    if (!offers(&penstock_host::read_option)) return std::nullopt;
    const penstock_text text = host_->read_option(context_, name);
    if (!text.data) return std::nullopt;
    return std::string(text.data, text.size);
  }
  // Whether a call that waits should return: see penstock_host.
  bool is_interrupted() const {
    return offers(&penstock_host::is_interrupted) && host_->is_interrupted(context_) != 0;
  }

  const char* appending_intake(const Batch& batch, size_t range) {
    return host_->appending_intake(context_, batch.c(), range);
  }
  // Null past the last.
  const char* earlier_run(const Batch& batch, size_t range, size_t index, uint64_t& end) {
    if (!offers(&penstock_host::earlier_run)) return nullptr;
    return host_->earlier_run(context_, batch.c(), range, index, &end);
  }

  // Sources. See penstock_host.
  size_t append(std::span<const penstock_message> messages, uint32_t flags = 0,
                uint64_t* position = nullptr) {
    return host_->append(context_, messages.data(), messages.size(), flags, position);
  }
  size_t append(std::span<const penstock_source_message> messages, uint32_t flags = 0,
                uint64_t* position = nullptr) {
    return host_->append_messages(context_, messages.data(), messages.size(), flags, position);
  }
  bool wait_for_space(std::chrono::nanoseconds timeout) {
    return host_->wait_for_space(context_, timeout.count()) != 0;
  }
  void finished() { host_->finished(context_); }
  // An engine older than ABI 1.7 asks for nothing that could fail.
  void give_up(std::string_view why) {
    if (offers(&penstock_host::give_up)) host_->give_up(context_, c(why));
    else finished();
  }
  // Null with an engine older than ABI 1.6, too.
  void* keep(const char* name, size_t bytes, penstock_kept& state) {
    if (!offers(&penstock_host::keep)) return nullptr;
    int32_t kept = PENSTOCK_KEPT_NEW;
    void* memory = host_->keep(context_, name, bytes, &kept);
    state = static_cast<penstock_kept>(kept);
    return memory;
  }
  // Sources and sinks.
  void drop(uint64_t count) {
    if (count > 0) host_->drop(context_, count);
  }

  const penstock_host* host() const { return host_; }

 private:
  // Whether the engine's table goes as far as this function.
  template <class Function>
  bool offers(Function penstock_host::*function) const {
    const auto* begin = reinterpret_cast<const char*>(host_);
    const auto* at = reinterpret_cast<const char*>(&(host_->*function));
    return static_cast<size_t>(at - begin) + sizeof(Function) <= host_->size;
  }
  static penstock_text c(std::string_view text) { return {text.data(), text.size()}; }
  static std::vector<const penstock_batch*> pointers(std::span<const HeldBatch> held) {
    std::vector<const penstock_batch*> batches;
    for (const HeldBatch& batch : held) batches.push_back(batch.c());
    return batches;
  }

  const penstock_host* host_;
  penstock_context* context_;
  std::string node_;
  std::string service_;
  uint32_t parallelism_;
  int32_t intake_;
  uint32_t extra_columns_;
  bool ends_session_;
  std::vector<Schema> inputs_;
};

}  // namespace penstock
