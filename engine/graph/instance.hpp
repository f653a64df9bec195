// One instance of a node's plugin, and the host functions that it calls.
#pragma once

#include <penstock/plugin.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "graph/batch.hpp"
#include "graph/copy_rows.hpp"
#include "telemetry/measures.hpp"

struct penstock_context {};

namespace penstock::engine {

class Node;

// What a call of the plugin gave out, kept until the call is known to have succeeded.
struct Output {
  uint32_t port = 0;
  BatchPtr batch;
};

struct HealthReading {
  int32_t health = PENSTOCK_HEALTHY;
  std::string detail;
};

class Instance : public penstock_context {
 public:
  Instance(Node& node, uint32_t index);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Makes the plugin's object. False: `error()` says why not.
  bool create(const penstock_settings& settings);
  void destroy();

  // What a call came to. Enter an instance only under `mutex`.
  struct Result {
    penstock_status status = PENSTOCK_OK;
    std::vector<Output> outputs;
    std::vector<RejectedRow> rejected;
  };
  penstock_status start();
  void stop();
  Result process(const Delivery& delivery);
  Result flush();
  Result on_timer();
  void acknowledged(uint64_t position);

  std::mutex mutex;

  Node& node() const { return node_; }
  uint32_t index() const { return index_; }
  const std::string& error() const { return error_; }
  const std::deque<MetricCell>& cells() const { return cells_; }
  MetricCell& cell(size_t metric) { return cells_.at(metric); }

  // Any thread. `set_trouble` is the engine's own word: the instance retries something; empty
  // when it no longer does.
  HealthReading health() const;
  void set_trouble(const std::string& what);
  void set_started();

 private:
  friend struct HostFunctions;

  template <class Call>
  Result run(const Delivery* delivery, Call&& call);
  void emit(uint32_t port, ArrowArray* array, const penstock_batch* const* origins, size_t count);
  void forward(uint32_t port, const penstock_batch* const* batches, size_t count);
  bool known_port(uint32_t port);
  int64_t readers(uint32_t port) const;
  void share_out(int64_t rows, const penstock_batch* const* origins, size_t count);
  // Of what leaves next.
  Step next_step(uint32_t input, uint32_t port) const;

  Node& node_;
  const uint64_t node_number_;
  const uint32_t index_;
  void* self_ = nullptr;
  std::deque<MetricCell> cells_;

  // Of the call that is going on.
  const Delivery* delivery_ = nullptr;
  std::string error_;
  Result result_;
  int64_t rows_out_ = 0;  // made of the batch being processed

  mutable std::mutex health_mutex_;
  bool health_is_set_ = false;
  int32_t health_ = PENSTOCK_STARTING;
  std::string health_detail_;
  std::string trouble_;
};

const penstock_host& host();

}  // namespace penstock::engine
