// What a plugin did to the host that tests it.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "penstock/plugin.h"

namespace penstock::testing {

struct LogLine {
  int32_t level;  // penstock_log_level
  std::string text;
};

struct Health {
  int32_t health = PENSTOCK_STARTING;
  std::string detail;
};

// What left by a port with one call. Its arrays are valid as long as the host.
struct Output {
  uint32_t port = 0;
  std::vector<const ArrowArray*> chunks;
  std::vector<const penstock_batch*> origins;  // empty: of the batch being processed
  std::optional<size_t> of_chunk;              // emit_from_chunk
  bool forwarded = false;

  int64_t rows() const {
    int64_t sum = 0;
    for (const ArrowArray* chunk : chunks) sum += chunk->length;
    return sum;
  }
};

struct RejectedRow {
  const penstock_batch* batch = nullptr;
  size_t chunk = 0;
  int64_t row = 0;
  std::string reason, detail;
  std::optional<size_t> part_column;
  std::string part;
};

struct Message {
  std::string topic, payload, attributes;
  int64_t received_us = 0;
  uint32_t flags = 0, identifier = 0;
};

namespace detail {

// Rows that a plugin has given away.
struct OwnedRows {
  explicit OwnedRows(ArrowArray rows) : array(rows) {}
  ~OwnedRows() {
    if (array.release) array.release(&array);
  }
  OwnedRows(const OwnedRows&) = delete;
  OwnedRows& operator=(const OwnedRows&) = delete;
  ArrowArray array;
};

// An older plugin's struct may be shorter.
inline penstock_node_type copy_of(const penstock_node_type& type) {
  penstock_node_type copy = {};
  if (type.size == 0) return copy;
  std::memcpy(static_cast<void*>(&copy), &type, std::min<size_t>(type.size, sizeof(copy)));
  return copy;
}

// The state of a host, under `mutex` but for what the thread that makes the calls has to itself.
// It is what the plugin's penstock_context is.
struct Observed {
  explicit Observed(const penstock_node_type& node_type) : type(copy_of(node_type)) {}

  const penstock_node_type type;  // of no kind: there is none, and any call is allowed
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::atomic<std::thread::id> inside{};  // of the thread that makes the call
  const char* call = nullptr;             // its name
  const penstock_batch* current = nullptr;
  int64_t now_ns = 0;
  bool has_error = false;

  bool destroyed = false, stopping = false, stopped = false, finished = false;
  bool interrupted = false, keeps_messages = true, gives_memory = true;
  std::optional<size_t> room;  // for messages; none: without end
  std::map<std::string, std::string> options;
  std::map<std::string, std::vector<char>> kept;

  std::string error, gave_up;
  std::vector<Health> healths{Health()};
  std::vector<LogLine> log;
  std::map<uint32_t, double> numbers;
  std::map<uint32_t, std::string> labels;
  std::optional<int64_t> timer;
  std::vector<std::unique_ptr<OwnedRows>> arrays;
  std::vector<Output> outputs;
  std::vector<RejectedRow> rejected;
  std::vector<Message> messages;
  uint64_t appended = 0, dropped = 0;
  int64_t stored_before = 0, passed_over = 0;
  std::vector<std::string> faults;

  bool is_inside() const { return inside.load() == std::this_thread::get_id(); }
  // Each once; with the call that it was in.
  void add_fault(std::string what) {
    if (call && is_inside()) what = std::string(call) + ": " + what;
    if (std::find(faults.begin(), faults.end(), what) == faults.end()) faults.push_back(what);
  }
};

}  // namespace detail

}  // namespace penstock::testing
