#include "plugin_verify/type_trial.hpp"

#include <fmt/format.h>
#include <penstock/testing/host.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/option_values.hpp"
#include "config/schema_fault.hpp"
#include "plugin_host/batch_fault.hpp"
#include "plugin_verify/sample_rows.hpp"

namespace penstock::engine {
namespace {

using namespace std::chrono_literals;
using testing::Host;

// A value that an option takes, where its author gave no default.
std::string invented(const penstock_option& option) {
  const Bounds bounds = bounds_of(option);
  const double number = std::ceil(std::clamp(1.0, bounds.min, bounds.max));
  switch (option.type) {
    case PENSTOCK_INTEGER:
    case PENSTOCK_NUMBER: return fmt::format("{}", number);
    case PENSTOCK_DURATION: return fmt::format("{:.0f}ns", number);
    case PENSTOCK_SIZE: return fmt::format("{:.0f}", number);
    case PENSTOCK_BOOLEAN: return "true";
    case PENSTOCK_ENUM: return choices_of(option).front();
    default: return "x";
  }
}

size_t threads_of_process() {
  std::error_code ignored;
  const std::filesystem::directory_iterator tasks("/proc/self/task", ignored);
  return static_cast<size_t>(std::distance(begin(tasks), end(tasks)));
}

// What `check` says.
struct CheckWords {
  std::vector<std::string> errors;
  std::set<std::string> options;  // that it names
};

void check_error(void* words, const char* option, penstock_text message) {
  auto& to = *static_cast<CheckWords*>(words);
  to.errors.emplace_back(message.data, message.size);
  if (option) to.options.insert(option);
}
void check_warning(void* words, const char* option, penstock_text) {
  if (option) static_cast<CheckWords*>(words)->options.insert(option);
}
void check_note(void*, penstock_text) {}
void check_error_at(void* words, const char* option, size_t, penstock_text message, penstock_text) {
  check_error(words, option, message);
}

class TypeTrial {
 public:
  TypeTrial(const penstock_node_type& type, const VerifyArguments& arguments, Findings& to)
      : type_(type),
        arguments_(arguments),
        to_(to),
        is_lane_(type.kind == PENSTOCK_SINK || (type.flags & PENSTOCK_NODE_BLOCKING)) {}

  void run() {
    choose_options();
    if (!check() || !find_schemas()) return;
    if (!make_and_end()) return;
    if (type_.kind != PENSTOCK_TRANSFORM && !arguments_.start) {
      return note(
          "its calls after create are not tried, since start may reach the outside; --start "
          "tries them");
    }
    if (type_.kind == PENSTOCK_SOURCE) try_source();
    else try_rows();
  }

 private:
  void step(const std::string& what) { to_.step(fmt::format("{}: {}", type_.name, what)); }
  void fault(const std::string& what) { to_.fault(fmt::format("{}: {}", type_.name, what)); }
  void note(const std::string& what) { to_.note(fmt::format("{}: {}", type_.name, what)); }

  // Calls a function that has no instance.
  template <class Call>
  void call(const char* name, Call&& act) {
    step(name);
    try {
      act();
    } catch (const std::exception& e) {
      fault(fmt::format("{}: an exception leaves it: {}", name, e.what()));
    } catch (...) {
      fault(fmt::format("{}: an exception leaves it: no std::exception", name));
    }
  }

  void choose_options() {
    std::string words;
    for (size_t i = 0; i < type_.option_count; ++i) {
      const penstock_option& option = strided(type_.options, i);
      const auto given = arguments_.options.find(option.name);
      if (given != arguments_.options.end()) {
        options_[option.name] = given->second;
      } else if (option.flags & PENSTOCK_OPTION_REQUIRED) {
        options_[option.name] = invented(option);
        words +=
            fmt::format("{}{} = {}", words.empty() ? "" : ", ", option.name, options_[option.name]);
      }
    }
    if (!words.empty()) {
      note("required options were made up: " + words + "; --option NAME=VALUE names others");
    }
  }

  testing::Settings settings() const {
    testing::Settings settings(type_, options_);
    if (type_.kind != PENSTOCK_SOURCE) settings.inputs = {input_};
    return settings;
  }

  bool check() {
    if (!type_.check) return true;
    CheckWords words;
    const penstock_report report{
        sizeof(penstock_report), &words, check_error, check_warning, check_note, 1'000'000,
        check_error_at,
    };
    testing::Settings settings(type_, options_);
    call("check", [&] { type_.check(settings.c(), &report); });
    for (const std::string& option : words.options) {
      if (!has_option(option)) {
        fault(fmt::format("check: it names an option \"{}\", which it does not have", option));
      }
    }
    if (words.errors.empty()) return true;
    note(
        fmt::format("nothing more is tried, since its check refuses the options: {}; --option "
                    "NAME=VALUE names others",
                    words.errors.front()));
    return false;
  }
  bool has_option(const std::string& name) const {
    for (size_t i = 0; i < type_.option_count; ++i) {
      if (name == strided(type_.options, i).name) return true;
    }
    return false;
  }

  // Of a schema that a function gave; releases it. Nothing: it cannot be used.
  std::optional<Schema> take_schema(const std::string& name, ArrowSchema& schema) {
    std::string wrong = schema_fault(schema);
    Schema fields;
    if (wrong.empty()) {
      fields = read_schema(schema);
      std::set<std::string> names;
      for (const Field& field : fields) {
        if (!names.insert(field.name).second) {
          wrong = fmt::format("it has a column \"{}\" twice", field.name);
        }
      }
    }
    if (!wrong.empty()) fault(fmt::format("{}: {}", name, wrong));
    step(name + ", release of what it gave");
    schema.release(&schema);
    if (schema.release) {
      fault(fmt::format("{}: release does not set release to NULL, as Arrow asks", name));
    }
    if (!wrong.empty()) return std::nullopt;
    return fields;
  }

  bool find_schemas() {
    if (type_.kind == PENSTOCK_SOURCE) return true;
    input_ = message_schema();
    testing::Settings settings(type_, options_);
    if (type_.input_schema) {
      for (int twice = 0; twice < 2; ++twice) {
        ArrowSchema needed = {};
        call("input_schema", [&] { type_.input_schema(settings.c(), &needed); });
        if (!needed.release) continue;
        const std::optional<Schema> fields = take_schema("input_schema", needed);
        if (!fields) return false;
        input_ = *fields;
      }
    }
    for (uint32_t port = 0; port < type_.port_count; ++port) {
      outputs_.push_back(input_);
      if (!type_.output_schema) continue;
      const std::string name = fmt::format("output_schema of port {}", port);
      ArrowSchema input = export_schema(input_), output = {};
      const penstock_settings* given = settings.c();
      call(name.c_str(), [&] { type_.output_schema(given, port, &input, &output); });
      if (!input.release) fault(name + ": it releases its input");
      else input.release(&input);
      if (!output.release) {
        fault(name + ": it gives none, so nothing can read the port");
        return false;
      }
      const std::optional<Schema> fields = take_schema(name, output);
      if (!fields) return false;
      outputs_.back() = *fields;
    }
    return true;
  }

  // A host that stays: what a plugin left behind may still call it.
  Host& make_host() {
    hosts_.push_back(new Host(Host::Unmade(), type_, settings()));
    return *hosts_.back();
  }
  void report(const Host& host, const std::string& given = "") {
    for (const std::string& each : host.faults()) {
      if (!told_.insert(each).second) continue;
      fault(given.empty() ? each : fmt::format("{} (given {})", each, given));
    }
  }

  // False: it cannot be made with these options.
  bool make_and_end() {
    Host &one = make_host(), &other = make_host();
    step("create");
    const bool made = one.create();
    report(one);
    if (!made) {
      note(
          fmt::format("nothing more is tried, since it cannot be made: {}; --option NAME=VALUE "
                      "names other options",
                      one.error()));
      return false;
    }
    step("create of a second instance");
    other.create();
    end(one, "");
    end(other, "");
    return true;
  }

  void end(Host& host, const std::string& given) {
    step("destroy");
    host.destroy();
    report(host, given);
    // What its threads do now is seen only if they are waited for; a thread that has just ended may
    // still be listed for a moment.
    if (threads_of_process() <= threads_) return;
    host.wait([&] { return threads_of_process() <= threads_ || has_called_late(host); }, 500ms);
    report(host, given);
    if (threads_of_process() <= threads_) return;
    note("threads of it go on after destroy");
    threads_ = threads_of_process();
  }
  static bool has_called_late(const Host& host) {
    const std::vector<std::string> faults = host.faults();
    return std::any_of(faults.begin(), faults.end(), [](const std::string& each) {
      return each.find("after destroy") != std::string::npos;
    });
  }

  bool start(Host& host) {
    step("create");
    if (!host.create()) return false;
    step("start");
    const int32_t status = host.start();
    if (status == PENSTOCK_OK) return true;
    note(fmt::format("its calls after start are not tried, since it does not start: {}",
                     host.error()));
    report(host);
    end(host, "");
    return false;
  }

  void try_rows() {
    for (SampleBatch& sample : sample_batches(input_)) {
      Host& host = make_host();
      looked_at_ = 0;
      const penstock_batch& batch = host.give(input_, std::move(sample.chunks));
      if (!start(host)) return;
      step(fmt::format("process, given {}", sample.name));
      look_at(host.process(batch), "process");
      look_at_outputs(host, sample.name);
      for (int i = 0; i < 3 && host.timer(); ++i) {
        step(fmt::format("on_timer, given {}", sample.name));
        host.pass(*host.timer());
        look_at_outputs(host, sample.name);
      }
      step(fmt::format("flush, given {}", sample.name));
      const int32_t status = host.flush();
      look_at_outputs(host, sample.name);
      if (status == PENSTOCK_OK && host.holders(batch) > 0) {
        fault("flush: it still holds a batch, so a stop would wait for it for ever");
      }
      if (is_lane_) {
        host.interrupt();
        step("stop");
        host.stop();
      }
      end(host, sample.name);
    }
  }

  void look_at(int32_t status, const char* name) {
    const bool again = status == PENSTOCK_RETRY || status == PENSTOCK_RETRY_LATER;
    if (again && !is_lane_) {
      fault(
          fmt::format("{}: it asks to be called again, which only a sink or a blocking transform "
                      "is",
                      name));
    }
  }

  // Since the last look.
  void look_at_outputs(const Host& host, const char* given) {
    for (size_t i = looked_at_; i < host.outputs().size(); ++i) {
      const testing::Output& output = host.outputs()[i];
      ArrowSchema schema = export_schema(outputs_[output.port]);
      for (const ArrowArray* chunk : output.chunks) {
        std::string wrong = shape_fault(schema, *chunk);
        if (wrong.empty()) wrong = content_fault(schema, *chunk);
        if (wrong.empty()) continue;
        wrong = fmt::format("what it {} by port {} does not have the schema that it declares: {}",
                            output.forwarded ? "forwards" : "emits", output.port, wrong);
        if (told_.insert(wrong).second) fault(fmt::format("{} (given {})", wrong, given));
      }
      schema.release(&schema);
    }
    looked_at_ = host.outputs().size();
  }

  void try_source() {
    Host& host = make_host();
    if (!start(host)) return;
    step("its threads, after start");
    host.wait([&] { return host.appended() > 0 || host.finished(); }, 2s);
    step("acknowledged");
    host.acknowledge(host.appended());
    host.set_room(0);  // a full intake, which a stop must not wait for
    step("stop");
    host.stop();
    end(host, "");
  }

  const penstock_node_type& type_;
  const VerifyArguments& arguments_;
  Findings& to_;
  const bool is_lane_;
  testing::OptionTexts options_;
  Schema input_;
  std::vector<Schema> outputs_;
  std::vector<Host*> hosts_;
  std::set<std::string> told_;  // whatever was given
  size_t looked_at_ = 0;
  size_t threads_ = threads_of_process();
};

}  // namespace

void try_node_type(const penstock_node_type& type, const VerifyArguments& arguments, Findings& to) {
  // As far as an older plugin's goes.
  penstock_node_type whole = {};
  std::memcpy(static_cast<void*>(&whole), &type, std::min<size_t>(type.size, sizeof(whole)));
  try {
    TypeTrial(whole, arguments, to).run();
  } catch (const std::exception& e) {
    to.fault(fmt::format("{}: {}", type.name, e.what()));  // an option that it does not take
  }
}

}  // namespace penstock::engine
