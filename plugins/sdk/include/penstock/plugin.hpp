// A plugin in C++: a class per node type, one declaration, one line that exports it.
//
//   class Doubler {
//    public:
//     struct Options { … };
//     static penstock::Declaration declare();                       // required
//     static penstock::Schema input_schema(const Options&);         // all others: if needed
//     static penstock::Schema output_schema(const Options&, uint32_t port, const Schema& input);
//     static void check(const Options&, penstock::Report&);
//     static void check_connection(const Options&, penstock::Report&);
//     Doubler(const Options&, penstock::Context&);
//     penstock::Outcome start();
//     void stop();
//     penstock::Outcome process(const penstock::Batch&);
//     void flush();
//     void on_timer();
//     void acknowledged(uint64_t position);
//   };
//   PENSTOCK_PLUGIN("doubler", penstock::transform<Doubler>())
//
// What each is for, and which thread calls it, is said in plugin.h. Exceptions may leave
// any of them: they reach the engine as PENSTOCK_FAILED with their message.
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "penstock/batch.hpp"
#include "penstock/builders.hpp"
#include "penstock/columns.hpp"
#include "penstock/context.hpp"
#include "penstock/options.hpp"
#include "penstock/plugin.h"
#include "penstock/schema.hpp"

#if PENSTOCK_TARGET_MINOR < 4
#error "plugin.hpp calls functions of ABI 1.4; define PENSTOCK_TARGET_MINOR as 4 or more"
#endif

namespace penstock {

struct Port {
  const char* name;
  const char* help;
};

struct Metric {
  penstock_metric_kind kind;
  const char* name;         // in /metrics, or nullptr
  const char* status_name;  // in /status, or nullptr
  const char* help;
  bool of_service = false;  // see penstock_metric
};

// All that a person may want to know of a node type.
struct Declaration {
  const char* name;
  const char* summary;
  std::vector<Option> options;
  std::vector<Port> ports;
  std::vector<Metric> metrics;
  bool blocking = false;  // a transform that may block
  bool light = false;     // a transform whose calls take microseconds, see PENSTOCK_NODE_LIGHT
  bool rejects = false;   // it calls reject_row, see PENSTOCK_NODE_REJECTS
  // Sources: what their messages may have, see PENSTOCK_NODE_RETAINED.
  bool retained = false;
  bool attributes = false;
  // What it emits is of this SDK's builders, or padded as they do: see PENSTOCK_NODE_PADS. False:
  // of another library, such as Arrow's.
  bool pads = true;
  // What the engine's own commands use it for: see PENSTOCK_NODE_FILE, _LETTERS, _USUAL and _QUERY.
  bool file = false, letters = false, usual = false, query = false;
};

// What a call came to; see penstock_status.
struct Outcome {
  penstock_status status = PENSTOCK_OK;
  std::string message;

  static Outcome done() { return {}; }
  static Outcome reject(std::string why) { return {PENSTOCK_REJECT, std::move(why)}; }
  static Outcome retry(std::string why) { return {PENSTOCK_RETRY, std::move(why)}; }
  static Outcome retry_later(std::string why) { return {PENSTOCK_RETRY_LATER, std::move(why)}; }
};

// Where `check` puts its complaints.
class Report {
 public:
  Report(const penstock_settings& settings, const penstock_report* report)
      : parallelism(settings.parallelism),
        intake(intake_of(settings)),
        ends_session(ends_session_of(settings)),
        inputs(inputs_of(settings)),
        report_(report) {}

  void error(const char* option, std::string_view message) {
    report_->error(report_->engine, option, {message.data(), message.size()});
  }
  // Of what stands at this byte of the option's text. `hint`: what to do, or empty.
  void error_at(const char* option, size_t byte, std::string_view message,
                std::string_view hint = {}) {
    if (offers(&penstock_report::error_at)) {
      report_->error_at(report_->engine, option, byte, {message.data(), message.size()},
                        {hint.data(), hint.size()});
    } else {
      error(option, std::string(message) + (hint.empty() ? "" : "; ") + std::string(hint));
    }
  }
  // An engine older than ABI 1.3 hears neither of these two.
  void warning(const char* option, std::string_view message) {
    if (!is_1_3()) return;
    report_->warning(report_->engine, option, {message.data(), message.size()});
  }
  void note(std::string_view message) {
    if (is_1_3()) report_->note(report_->engine, {message.data(), message.size()});
  }
  // Records that the pipeline works on at a time; 0: not known.
  int64_t buffer_size() const { return is_1_3() ? report_->buffer_size : 0; }
  const uint32_t parallelism;
  const int32_t intake;              // penstock_intake: see penstock_settings
  const bool ends_session;           // the same
  const std::vector<Schema> inputs;  // the same

 private:
  template <class Member>
  bool offers(Member penstock_report::*member) const {
    const auto* begin = reinterpret_cast<const char*>(report_);
    const auto* end = reinterpret_cast<const char*>(&(report_->*member) + 1);
    return static_cast<size_t>(end - begin) <= report_->size;
  }
  bool is_1_3() const { return offers(&penstock_report::buffer_size); }

  const penstock_report* report_;
};

namespace detail {

// The declaration of a node type in C structs, made once.
template <class Node>
struct Declared {
  Declaration declaration = Node::declare();
  std::vector<penstock_option> options;
  std::vector<penstock_port> ports;
  std::vector<penstock_metric> metrics;

  Declared() {
    for (const Option& row : declaration.options) options.push_back(row.declaration);
    for (const Port& port : declaration.ports) {
      ports.push_back({sizeof(penstock_port), port.name, port.help});
    }
    for (const Metric& metric : declaration.metrics) {
      metrics.push_back({sizeof(penstock_metric), metric.kind, metric.name, metric.status_name,
                         metric.help, metric.of_service});
    }
  }
  static const Declared& get() {
    static const Declared declared;
    return declared;
  }
};

template <class Node>
typename Node::Options options_of(const penstock_settings* settings) {
  return read_options<typename Node::Options>(Declared<Node>::get().declaration.options, *settings);
}

// An instance with its context, which must outlive it and be declared before it.
template <class Node>
struct Instance {
  Context context;
  Node node;

  Instance(const penstock_settings& settings, const penstock_host* host, penstock_context* c)
      : context(settings, host, c), node(options_of<Node>(&settings), context) {}

  // Runs a member function; its result, or its exception, as a status.
  template <class Call>
  static int32_t run(void* self, Call&& call) {
    auto& instance = *static_cast<Instance*>(self);
    try {
      if constexpr (std::is_same_v<decltype(call(instance.node)), Outcome>) {
        const Outcome outcome = call(instance.node);
        if (outcome.status != PENSTOCK_OK) instance.context.set_error(outcome.message);
        return outcome.status;
      } else {
        call(instance.node);
        return PENSTOCK_OK;
      }
    } catch (const std::exception& e) {
      instance.context.set_error(e.what());
    } catch (...) {
      instance.context.set_error("an exception that is not a std::exception");
    }
    return PENSTOCK_FAILED;
  }
};

// What is known of the node type before it runs.
template <class Node>
void describe_node_type(penstock_node_type& type, penstock_kind kind) {
  const auto& declared = Declared<Node>::get();
  type.size = sizeof(penstock_node_type);
  type.kind = kind;
  type.flags = (declared.declaration.blocking ? PENSTOCK_NODE_BLOCKING : 0) |
               (declared.declaration.light ? PENSTOCK_NODE_LIGHT : 0) |
               (declared.declaration.rejects ? PENSTOCK_NODE_REJECTS : 0) |
               (declared.declaration.retained ? PENSTOCK_NODE_RETAINED : 0) |
               (declared.declaration.attributes ? PENSTOCK_NODE_ATTRIBUTES : 0) |
               (declared.declaration.pads ? PENSTOCK_NODE_PADS : 0) |
               (declared.declaration.file ? PENSTOCK_NODE_FILE : 0) |
               (declared.declaration.letters ? PENSTOCK_NODE_LETTERS : 0) |
               (declared.declaration.usual ? PENSTOCK_NODE_USUAL : 0) |
               (declared.declaration.query ? PENSTOCK_NODE_QUERY : 0);
  type.name = declared.declaration.name;
  type.summary = declared.declaration.summary;
  type.options = declared.options.data();
  type.option_count = declared.options.size();
  type.ports = declared.ports.data();
  type.port_count = declared.ports.size();
  type.metrics = declared.metrics.data();
  type.metric_count = declared.metrics.size();
}

template <class Node, class Check>
void report_into(const penstock_settings* settings, const penstock_report* report, Check&& check) {
  Report to(*settings, report);
  try {
    check(options_of<Node>(settings), to);
  } catch (const std::exception& e) {
    to.error(nullptr, e.what());
  }
}

// What is asked of its options.
template <class Node>
void set_checks(penstock_node_type& type) {
  using Options = typename Node::Options;
  if constexpr (requires(Options o, Report r) { Node::check(o, r); }) {
    type.check = [](const penstock_settings* settings, const penstock_report* report) {
      report_into<Node>(settings, report, [](const Options& o, Report& r) { Node::check(o, r); });
    };
  }
  if constexpr (requires(Options o, Report r) { Node::check_connection(o, r); }) {
    type.check_connection = [](const penstock_settings* settings, const penstock_report* report) {
      report_into<Node>(settings, report,
                        [](const Options& o, Report& r) { Node::check_connection(o, r); });
    };
  }
  if constexpr (requires(Options o) { Node::input_schema(o); }) {
    type.input_schema = [](const penstock_settings* settings, ArrowSchema* needed) {
      needed->release = nullptr;
      try {
        const Schema schema = Node::input_schema(options_of<Node>(settings));
        if (!schema.empty()) *needed = export_schema(schema);
      } catch (const std::exception&) {
        needed->release = nullptr;  // `check` reports what is wrong with the options
      }
    };
  }
  if constexpr (requires(Options o, Schema s) { Node::output_schema(o, 0u, s); }) {
    type.output_schema = [](const penstock_settings* settings, uint32_t port,
                            const ArrowSchema* input, ArrowSchema* output) {
      output->release = nullptr;
      try {
        *output = export_schema(
            Node::output_schema(options_of<Node>(settings), port, read_schema(*input)));
      } catch (const std::exception&) {
        output->release = nullptr;
      }
    };
  }
}

// What an instance does.
template <class Node>
void set_calls(penstock_node_type& type) {
  using Held = Instance<Node>;
  type.create = [](const penstock_settings* settings, const penstock_host* host,
                   penstock_context* context) -> void* {
    const auto fail = [&](std::string_view why) {
      host->set_error(context, {why.data(), why.size()});
    };
    try {
      return new Held(*settings, host, context);
    } catch (const std::exception& e) {
      fail(e.what());
    } catch (...) {
      fail("an exception that is not a std::exception");
    }
    return nullptr;
  };
  type.destroy = [](void* self) { delete static_cast<Held*>(self); };
  if constexpr (requires(Node n) { n.start(); }) {
    type.start = [](void* self) { return Held::run(self, [](Node& n) { return n.start(); }); };
  }
  if constexpr (requires(Node n) { n.stop(); }) {
    type.stop = [](void* self) { Held::run(self, [](Node& n) { return n.stop(); }); };
  }
  if constexpr (requires(Node n, const Batch& b) { n.process(b); }) {
    type.process = [](void* self, const penstock_batch* batch) {
      const Batch view(batch, static_cast<Held*>(self)->context.host());
      return Held::run(self, [&](Node& n) { return n.process(view); });
    };
  }
  if constexpr (requires(Node n) { n.flush(); }) {
    type.flush = [](void* self) { return Held::run(self, [](Node& n) { return n.flush(); }); };
  }
  if constexpr (requires(Node n) { n.on_timer(); }) {
    type.on_timer = [](void* self) {
      return Held::run(self, [](Node& n) { return n.on_timer(); });
    };
  }
  if constexpr (requires(Node n) { n.acknowledged(uint64_t{}); }) {
    type.acknowledged = [](void* self, uint64_t position) {
      Held::run(self, [&](Node& n) { return n.acknowledged(position); });
    };
  }
}

template <class Node>
penstock_node_type node_type(penstock_kind kind) {
  penstock_node_type type = {};
  describe_node_type<Node>(type, kind);
  set_checks<Node>(type);
  set_calls<Node>(type);
  return type;
}

}  // namespace detail

template <class Node>
penstock_node_type source() {
  return detail::node_type<Node>(PENSTOCK_SOURCE);
}
template <class Node>
penstock_node_type transform() {
  return detail::node_type<Node>(PENSTOCK_TRANSFORM);
}
template <class Node>
penstock_node_type sink() {
  return detail::node_type<Node>(PENSTOCK_SINK);
}

}  // namespace penstock

// PENSTOCK_VERSION comes from penstock_add_plugin(); `library` is the file's name.
#ifndef PENSTOCK_VERSION
#define PENSTOCK_VERSION "unversioned"
#endif

#define PENSTOCK_PLUGIN(library, ...)                                                \
  extern "C" PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) {    \
    static const std::vector<penstock_node_type> types{__VA_ARGS__};                 \
    static const penstock_plugin plugin{                                             \
        sizeof(penstock_plugin), PENSTOCK_ABI_MAJOR, PENSTOCK_TARGET_MINOR, library, \
        PENSTOCK_VERSION,        types.data(),       types.size()};                  \
    return &plugin;                                                                  \
  }
