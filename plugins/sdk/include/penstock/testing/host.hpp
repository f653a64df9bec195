// The engine's side of one instance, for tests of a plugin without an engine:
//
//   penstock::testing::Host host(*penstock_plugin_entry()->types, {{"prefix", "dev/"}});
//   host.start();
//   const auto& batch = host.give(message_rows({{"dev/a", "1"}, {"other", "2"}}));
//   host.process(batch);          // what the call returned
//   host.outputs()                // what it emitted and forwarded
//   host.rejected(), host.log(), host.health(), host.number(metric), host.error()
//   host.pass(100ms);             // time goes on, and on_timer is called when it is due
//   host.destroy();
//   host.faults()                 // what it did that the contract forbids; empty if it is well
//
// Functions of a plugin are called from the thread that calls this; a source's own threads may call
// back at any time, and `wait` waits for what they do.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "penstock/plugin.h"
#include "penstock/testing/given_batch.hpp"
#include "penstock/testing/host_functions.hpp"
#include "penstock/testing/observed.hpp"
#include "penstock/testing/settings.hpp"

namespace penstock::testing {

class Host {
 public:
  // Makes an instance. Throws std::invalid_argument when its options are none of the type's, and
  // std::runtime_error with its reason when it refuses to be made.
  explicit Host(const penstock_node_type& type, const OptionTexts& options = {})
      : Host(type, Settings(type, options)) {}
  Host(const penstock_node_type& type, Settings settings)
      : Host(Unmade(), type, std::move(settings)) {
    if (!create()) throw std::runtime_error(error());
  }
  // Makes nothing yet; see create.
  struct Unmade {};
  Host(Unmade, const penstock_node_type& type, Settings settings)
      : observed_(type), settings_(std::move(settings)), strays_(GivenBatch::strays()) {}
  // Of no node type: for what is made with functions() and context(), such as a Context.
  explicit Host(Settings settings) : Host(Unmade(), penstock_node_type{}, std::move(settings)) {}
  ~Host() { destroy(); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const penstock_host* functions() const { return &detail::host_table(); }
  penstock_context* context() { return reinterpret_cast<penstock_context*>(&observed_); }
  Settings& settings() { return settings_; }

  // ---- Calls of the plugin. Their exceptions, which none may let out, are faults. ----------

  bool create() {
    call("create", [&] {
      instance_ = observed_.type.create(settings_.c(), &detail::host_table(), context());
      return instance_ ? PENSTOCK_OK : PENSTOCK_FAILED;
    });
    return instance_ != nullptr;
  }
  void destroy() {
    if (!instance_) return;
    call("destroy", [&] {
      observed_.type.destroy(std::exchange(instance_, nullptr));
      return PENSTOCK_OK;
    });
    const std::lock_guard lock(observed_.mutex);
    observed_.destroyed = true;
    int held = 0;
    for (const auto& batch : batches_) held += batch->holders() != 0;
    if (held > 0) {
      observed_.add_fault(std::to_string(held) +
                          " of the batches that it retained are not released by destroy");
    }
    if (GivenBatch::strays() != strays_) {
      observed_.add_fault("it retains or releases what is no batch");
    }
  }
  int32_t start() {
    return call("start", [&] {
      return observed_.type.start ? observed_.type.start(instance_) : PENSTOCK_OK;
    });
  }
  void stop() {
    set(observed_.stopping, true);
    call("stop", [&] {
      if (observed_.type.stop) observed_.type.stop(instance_);
      return PENSTOCK_OK;
    });
    set(observed_.stopped, true);
  }
  int32_t process(const penstock_batch& batch) {
    const size_t outputs = observed_.outputs.size(), rejected = observed_.rejected.size();
    observed_.current = &batch;
    const int32_t status =
        call("process", [&] { return observed_.type.process(instance_, &batch); });
    observed_.current = nullptr;
    if (status != PENSTOCK_OK) forget_since(outputs, rejected, &batch);
    return status;
  }
  int32_t flush() {
    return call("flush", [&] {
      return observed_.type.flush ? observed_.type.flush(instance_) : PENSTOCK_OK;
    });
  }
  int32_t on_timer() {
    observed_.timer.reset();
    return call("on_timer", [&] {
      return observed_.type.on_timer ? observed_.type.on_timer(instance_) : PENSTOCK_OK;
    });
  }
  void acknowledge(uint64_t position) {
    call("acknowledged", [&] {
      if (observed_.type.acknowledged) observed_.type.acknowledged(instance_, position);
      return PENSTOCK_OK;
    });
  }

  // ---- What it is given -------------------------------------------------------------------

  // A batch, which lives as long as the host. One chunk for each array.
  const penstock_batch& give(const Schema& schema, std::vector<ArrowArray> chunks) {
    batches_.push_back(std::make_unique<GivenBatch>(
        schema, std::move(chunks), std::exchange(next_position_, next_position_ + 1'000'000)));
    return *batches_.back()->c();
  }
  const penstock_batch& give(ArrowArray messages) { return give(message_schema(), {messages}); }
  // Time goes on: on_timer is called as often as it is due.
  void pass(std::chrono::nanoseconds time) {
    const int64_t end = observed_.now_ns + time.count();
    while (observed_.timer && *observed_.timer <= end) {
      observed_.now_ns = *observed_.timer;
      on_timer();
    }
    observed_.now_ns = end;
  }
  // When on_timer will be called, from now.
  std::optional<std::chrono::nanoseconds> timer() const {
    if (!observed_.timer) return std::nullopt;
    return std::chrono::nanoseconds(*observed_.timer - observed_.now_ns);
  }
  // How many more messages a source may append; none: as many as it likes.
  void set_room(std::optional<size_t> messages) { set(observed_.room, messages); }
  // What is_interrupted answers from now on.
  void interrupt() { set(observed_.interrupted, true); }
  // What read_option answers.
  void set_option(const std::string& name, std::string text) {
    const std::lock_guard lock(observed_.mutex);
    observed_.options[name] = std::move(text);
  }
  // Whether appended messages are kept in messages(), or only counted.
  void keep_messages(bool keep) { set(observed_.keeps_messages, keep); }
  // Whether `keep` gives memory.
  void give_memory(bool give) { set(observed_.gives_memory, give); }

  // ---- What it did ------------------------------------------------------------------------

  const std::vector<Output>& outputs() const { return observed_.outputs; }
  const std::vector<RejectedRow>& rejected() const { return observed_.rejected; }
  // Of the last call that failed.
  std::string error() const { return locked(observed_.error); }
  std::vector<LogLine> log() const { return locked(observed_.log); }
  Health health() const { return healths().back(); }
  // From the beginning on.
  std::vector<Health> healths() const { return locked(observed_.healths); }
  // A counter's sum, a gauge's or flag's value, a histogram's sum of seconds.
  double number(uint32_t metric) const {
    const std::lock_guard lock(observed_.mutex);
    const auto at = observed_.numbers.find(metric);
    return at == observed_.numbers.end() ? 0 : at->second;
  }
  std::string label(uint32_t metric) const {
    const std::lock_guard lock(observed_.mutex);
    const auto at = observed_.labels.find(metric);
    return at == observed_.labels.end() ? "" : at->second;
  }
  std::vector<Message> messages() const { return locked(observed_.messages); }
  uint64_t appended() const { return locked(observed_.appended); }
  uint64_t dropped() const { return locked(observed_.dropped); }
  int64_t stored_before() const { return locked(observed_.stored_before); }
  int64_t passed_over() const { return locked(observed_.passed_over); }
  bool finished() const { return locked(observed_.finished); }
  std::string gave_up() const { return locked(observed_.gave_up); }
  std::vector<std::string> faults() const { return locked(observed_.faults); }
  // Of one of the batches that it was given.
  int holders(const penstock_batch& batch) const { return GivenBatch::of(&batch)->holders(); }
  // Waits until something of this is so; false: it is not, after that time.
  template <class Condition>
  bool wait(Condition&& condition, std::chrono::nanoseconds at_most) const {
    const auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!condition()) {
      std::unique_lock lock(observed_.mutex);
      // `condition` takes the lock by itself, so a change between the two is seen a moment later.
      observed_.changed.wait_for(lock, std::chrono::milliseconds(10));
      lock.unlock();
      if (std::chrono::steady_clock::now() >= deadline) return condition();
    }
    return true;
  }

 private:
  template <class T>
  void set(T& value, T to) {
    const std::lock_guard lock(observed_.mutex);
    value = to;
    observed_.changed.notify_all();
  }
  template <class T>
  T locked(const T& value) const {
    const std::lock_guard lock(observed_.mutex);
    return value;
  }

  template <class Call>
  int32_t call(const char* name, Call&& act) {
    {
      const std::lock_guard lock(observed_.mutex);
      observed_.call = name;
      observed_.has_error = false;
    }
    observed_.inside = std::this_thread::get_id();
    int32_t status = PENSTOCK_FAILED;
    std::optional<std::string> thrown;
    try {
      status = act();
    } catch (const std::exception& e) {
      thrown = e.what();
    } catch (...) {
      thrown = "no std::exception";
    }
    const std::lock_guard lock(observed_.mutex);
    if (thrown) {
      observed_.error = *thrown;
      observed_.add_fault("an exception leaves it: " + *thrown);
    } else if (status < PENSTOCK_OK || status > PENSTOCK_RETRY_LATER) {
      observed_.add_fault("it returns the status " + std::to_string(status) +
                          ", which there is not");
      status = PENSTOCK_FAILED;
    } else if (status != PENSTOCK_OK && !observed_.has_error) {
      observed_.error.clear();
      observed_.add_fault("it fails without calling set_error");
    }
    observed_.inside = std::thread::id();
    observed_.call = nullptr;
    return status;
  }

  // Of a call of process that failed nothing remains but what it gave out of other batches.
  void forget_since(size_t outputs, size_t rejected, const penstock_batch* batch) {
    const auto is_of_it = [&](const Output& output) {
      return std::all_of(output.origins.begin(), output.origins.end(),
                         [&](const penstock_batch* origin) { return origin == batch; });
    };
    auto& all = observed_.outputs;
    all.erase(std::remove_if(all.begin() + static_cast<ptrdiff_t>(outputs), all.end(), is_of_it),
              all.end());
    auto& rows = observed_.rejected;
    rows.erase(std::remove_if(rows.begin() + static_cast<ptrdiff_t>(rejected), rows.end(),
                              [&](const RejectedRow& row) { return row.batch == batch; }),
               rows.end());
  }

  std::vector<std::unique_ptr<GivenBatch>> batches_;  // outlive what was made of them
  detail::Observed observed_;
  Settings settings_;
  const int strays_;
  void* instance_ = nullptr;
  uint64_t next_position_ = 0;
};

}  // namespace penstock::testing
