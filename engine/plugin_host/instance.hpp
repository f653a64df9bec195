// One instance of a node's plugin, and the host functions that it calls.
#pragma once

#include <penstock/plugin.h>
#include <penstock/occasionally.hpp>

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "intake/kept_file.hpp"
#include "plugin_host/copy_rows.hpp"
#include "plugin_host/output.hpp"
#include "provenance/batch.hpp"
#include "telemetry/measures.hpp"

struct penstock_context {};

namespace penstock::engine {

class NodeServices;

struct HealthReading {
  int32_t health = PENSTOCK_HEALTHY;
  std::string detail;
};

class Instance : public penstock_context {
 public:
  Instance(NodeServices& node, uint32_t index);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Makes the plugin's object. False: `error()` says why not.
  bool create(const penstock_settings& settings);
  void destroy();

  // What came of a call. Enter an instance only under `mutex`.
  struct CallResult {
    penstock_status status = PENSTOCK_OK;
    std::vector<Output> outputs;
    std::vector<RejectedRow> rejected;  // of the batch that was processed
  };
  penstock_status start();
  void stop();
  CallResult process(const Delivery& delivery);
  CallResult flush();
  CallResult on_timer();
  void acknowledged(uint64_t position);

  std::mutex mutex;

  uint32_t index() const { return index_; }
  const std::string& error() const { return error_; }
  const std::deque<MetricCell>& cells() const { return cells_; }
  MetricCell& cell(size_t metric) { return cells_.at(metric); }

  // Any thread. `set_trouble` is the engine's own word: the instance retries something; empty
  // when it no longer does.
  HealthReading health() const;
  void set_trouble(const std::string& what);
  void set_started();
  // Any thread, once in a while: whether the current call has taken longer than `after`. The log
  // and the health say so once, and once more when the call returns.
  bool check_stall(std::chrono::nanoseconds after);
  // Any thread: the current call and all later ones should not wait for other systems.
  void interrupt() { interrupted_.store(true, std::memory_order_relaxed); }

 private:
  friend struct HostFunctions;

  const penstock_node_type& type() const;
  template <class Call>
  CallResult run(const Delivery* delivery, Call&& call);
  // Runs a function of the plugin that no exception may leave; PENSTOCK_FAILED if one does, which
  // is logged of one that gives no status.
  template <class Call>
  penstock_status guarded(Call&& call);
  // False: the plugin calls from outside of a call of the engine, such as after its end.
  bool is_inside(const char* what);
  void tell_outside(const char* what);
  // Rows that do not keep to their schema go no further.
  bool is_valid(uint32_t port, const ArrowArray& rows);
  void refuse(const std::string& fault, const penstock_batch* const* origins, size_t count);
  void set_timer(std::chrono::nanoseconds after);
  void keep_held(const Delivery* delivery);
  // What a plugin names of batches may be anything. Null, and the call has failed: the node does
  // not have this one.
  const Delivery* known(const penstock_batch* batch, const char* call);
  void reject(const char* call, const penstock_batch* batch, RejectedRow row);
  void reject_held();
  void emit(uint32_t port, ArrowArray* array, const penstock_batch* const* origins, size_t count,
            std::optional<size_t> from_chunk = {});
  void emit_from_chunk(uint32_t port, ArrowArray* array, size_t chunk);
  ChunkPtr forwarded(const ChunkPtr& chunk, uint32_t input, uint32_t port) const;
  void forward(uint32_t port, const penstock_batch* const* batches, size_t count);
  bool known_port(uint32_t port);
  bool pads() const;  // what it emits
  int64_t readers(uint32_t port) const;
  void count_emitted(int64_t rows, const penstock_batch* const* origins, size_t count);

  NodeServices& node_;
  const uint64_t node_number_;
  const uint32_t index_;
  std::vector<std::shared_ptr<KeptFile>> kept_;  // until the plugin's object is gone
  void* self_ = nullptr;
  std::deque<MetricCell> cells_;

  // When the current call began, steady; 0 if there is none.
  std::atomic<int64_t> began_ns_ = 0;
  std::atomic<bool> interrupted_ = false;
  // A timer that is set before the start waits for it: `start` is called before all others.
  bool is_started_ = false;
  std::optional<std::chrono::steady_clock::time_point> early_timer_;
  std::atomic<std::thread::id> inside_{};  // of the thread that makes the call
  std::string fault_;                      // of what it emitted
  Occasionally tell_outside_;

  // Of the current call.
  const Delivery* delivery_ = nullptr;
  std::string error_;
  std::string option_;  // read_option
  CallResult result_;
  // Rows of batches from earlier calls that it rejects.
  std::vector<std::pair<HeldDelivery, RejectedRow>> held_rejected_;
  std::vector<uint32_t> emitted_from_;  // of each chunk of the batch, how often
  int64_t rows_out_ = 0;                // made of the batch being processed

  mutable std::mutex health_mutex_;
  bool health_is_set_ = false;
  int32_t health_ = PENSTOCK_STARTING;
  std::string health_detail_;
  std::string trouble_;
  std::string stall_;
};

const penstock_host& host();

}  // namespace penstock::engine
