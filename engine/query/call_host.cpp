#include "query/call_host.hpp"

namespace penstock::engine {
namespace {

CallHost& self(penstock_context* context) { return *reinterpret_cast<CallHost*>(context); }

void log(penstock_context* context, int32_t level, penstock_text message) {
  if (level >= PENSTOCK_LOG_WARNING && self(context).take_log)
    self(context).take_log(view(message));
}
void set_health(penstock_context*, int32_t, penstock_text) {}
void metric_number(penstock_context*, uint32_t, double) {}
void metric_label(penstock_context*, uint32_t, penstock_text) {}
void set_error(penstock_context* context, penstock_text message) {
  self(context).error = view(message);
}
void set_timer(penstock_context*, int64_t) {}

void emit(penstock_context* context, uint32_t port, ArrowArray* rows, const penstock_batch* const*,
          size_t) {
  if (port == 0 && self(context).take_rows) self(context).take_rows(*rows);
  else rows->release(rows);
}
void emit_from_chunk(penstock_context* context, uint32_t port, ArrowArray* rows, size_t) {
  emit(context, port, rows, nullptr, 0);
}
void forward(penstock_context*, uint32_t, const penstock_batch* const*, size_t) {}

void reject_row_detail(penstock_context* context, const penstock_batch*, size_t, int64_t row,
                       penstock_text reason, penstock_text detail) {
  if (self(context).take_rejected) self(context).take_rejected(row, view(reason), view(detail));
}
void reject_row(penstock_context* context, const penstock_batch* batch, size_t chunk, int64_t row,
                penstock_text reason) {
  reject_row_detail(context, batch, chunk, row, reason, {"", 0});
}
void reject_part(penstock_context* context, const penstock_batch* batch, size_t chunk, int64_t row,
                 size_t, penstock_text, penstock_text reason, penstock_text detail) {
  reject_row_detail(context, batch, chunk, row, reason, detail);
}
// A batch lives longer than the call that it comes with only where nothing holds it.
void hold(const penstock_batch*) {}

size_t append_messages(penstock_context* context, const penstock_source_message* first,
                       size_t count, uint32_t, uint64_t* position) {
  for (size_t i = 0; i < count; ++i) {
    const auto* at = reinterpret_cast<const char*>(first) + i * first->size;
    self(context).take_message(*reinterpret_cast<const penstock_source_message*>(at));
  }
  if (position) *position = count;
  return count;
}
size_t append(penstock_context* context, const penstock_message* messages, size_t count,
              uint32_t flags, uint64_t* position) {
  for (size_t i = 0; i < count; ++i) {
    penstock_source_message message = {};
    message.size = sizeof(message);
    message.topic = messages[i].topic;
    message.payload = messages[i].payload;
    message.received_us = messages[i].received_us;
    append_messages(context, &message, 1, flags, position);
  }
  return count;
}
int32_t wait_for_space(penstock_context*, int64_t) { return 1; }
void finished(penstock_context* context) { self(context).take_end(); }
void give_up(penstock_context* context, penstock_text why) {
  if (self(context).take_log) self(context).take_log(view(why));
  finished(context);
}
void drop(penstock_context*, uint64_t) {}
void count_rows(penstock_context*, int64_t) {}
int32_t is_interrupted(penstock_context*) { return 0; }
const char* appending_intake(penstock_context*, const penstock_batch*, size_t) { return ""; }
const char* earlier_run(penstock_context*, const penstock_batch*, size_t, size_t, uint64_t*) {
  return nullptr;
}
penstock_text read_option(penstock_context*, const char*) { return {nullptr, 0}; }
void* keep(penstock_context*, const char*, size_t, int32_t* state) {
  *state = PENSTOCK_KEPT_NEW;
  return nullptr;
}

}  // namespace

const penstock_host& CallHost::functions() {
  static const penstock_host host{
      .size = sizeof(penstock_host),
      .abi_minor = PENSTOCK_ABI_MINOR,
      .log = log,
      .set_health = set_health,
      .metric_add = metric_number,
      .metric_set = metric_number,
      .metric_observe = metric_number,
      .metric_label = metric_label,
      .set_error = set_error,
      .set_timer = set_timer,
      .emit = emit,
      .forward = forward,
      .reject_row = reject_row,
      .retain = hold,
      .release = hold,
      .append = append,
      .wait_for_space = wait_for_space,
      .finished = finished,
      .reject_row_detail = reject_row_detail,
      .drop = drop,
      .append_messages = append_messages,
      .appending_intake = appending_intake,
      .emit_from_chunk = emit_from_chunk,
      .is_interrupted = is_interrupted,
      .stored_before = count_rows,
      .earlier_run = earlier_run,
      .passed_over = count_rows,
      .read_option = read_option,
      .keep = keep,
      .reject_part = reject_part,
      .give_up = give_up,
  };
  return host;
}

}  // namespace penstock::engine
