// The C functions of penstock_host. What they do is said in plugin.h.
#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "intake/intake.hpp"
#include "plugin_host/instance.hpp"
#include "plugin_host/node_services.hpp"

namespace penstock::engine {
namespace {

// Such as sessions-2: it becomes a file's.
bool is_kept_name(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && is_letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

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
    self(context).set_timer(std::chrono::nanoseconds(after_ns));
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
  static SourceServices* source_of(penstock_context* context) {
    Instance& instance = self(context);
    if (SourceServices* source = instance.node_.source()) return source;
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
    SourceServices* source = source_of(context);
    if (!source) return 0;
    if (source->stopped()) {
      self(context).tell_outside("appends messages after its stop");
      return 0;
    }
    return source->intake().writer().append(messages, (flags & PENSTOCK_APPEND_FORCE) != 0,
                                            position);
  }
  static int32_t wait_for_space(penstock_context* context, int64_t timeout_ns) {
    SourceServices* source = source_of(context);
    return source && source->intake().writer().wait_for_space(std::chrono::nanoseconds(timeout_ns));
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
      auto text = node.values.read_again(i);
      if (!text) {
        instance.node_.logger().warn("{}: {}; going on with the earlier value", name, text.error());
      }
      if (!text || !*text) break;
      instance.option_ = std::move(**text);
      return {instance.option_.data(), instance.option_.size()};
    }
    return {nullptr, 0};
  }
  static void* keep(penstock_context* context, const char* name, size_t bytes, int32_t* state) {
    Instance& instance = self(context);
    *state = PENSTOCK_KEPT_NEW;
    SourceServices* source = source_of(context);
    if (!source) return nullptr;
    if (!is_kept_name(name)) {
      instance.tell_outside("calls keep with a name that is not of a-z, 0-9 and -");
      return nullptr;
    }
    const auto kept = source->intake().kept_files().keep(name, bytes);
    if (!kept) {
      instance.node_.logger().warn("{}", kept.error());
      return nullptr;
    }
    *state = kept->state;
    if (!kept->file) return nullptr;
    auto& files = instance.kept_;
    if (std::find(files.begin(), files.end(), kept->file) == files.end())
      files.push_back(kept->file);
    return kept->file->memory();
  }
  static int32_t is_interrupted(penstock_context* context) {
    return self(context).interrupted_.load(std::memory_order_relaxed);
  }
  static void drop(penstock_context* context, uint64_t count) {
    self(context).node_.dropped(count);
  }
  static void finished(penstock_context* context) {
    if (SourceServices* source = source_of(context)) source->set_finished();
  }
  static void give_up(penstock_context* context, penstock_text why) {
    SourceServices* source = source_of(context);
    if (!source) return;
    self(context).node_.logger().error("{}", view(why));
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
