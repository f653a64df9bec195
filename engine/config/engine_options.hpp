// The options that belong to the engine: [service], [http], [logging], those of every node,
// [nodes.X.buffer].
#pragma once

#include <penstock/options.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "config/secrets.hpp"
#include "telemetry/logging.hpp"

namespace penstock::engine {

struct ServiceOptions {
  std::string name;
  int64_t buffer_size = 0;
  std::chrono::nanoseconds shutdown_timeout{};
  std::vector<std::string> plugin_path;
  bool validate_batches = false;
  std::chrono::nanoseconds stall_after{};

  static const std::vector<Option>& table();
};

struct HttpOptions {
  std::vector<std::string> listen, probe_listen, host_names;
  std::string username;
  Secret password;
  std::string tls_cert, tls_key;
  int64_t max_connections = 0, max_headers = 0;
  Bytes max_header_bytes;
  std::chrono::nanoseconds request_timeout{};
  Masks masks;  // what of these is shown in no message

  // What is in force: CivetWeb shows no more than 64 headers (MG_MAX_HEADERS), so that 63 are the
  // most of which we know that they are all; and a thread each sets a bound to connections.
  int64_t header_limit() const { return std::min<int64_t>(max_headers, kMostHeaders); }
  int64_t connection_limit() const { return std::min<int64_t>(max_connections, kMostConnections); }
  static constexpr int64_t kMostHeaders = 63, kMostConnections = 1024;

  bool uses_tls() const { return !tls_cert.empty(); }
  bool operator==(const HttpOptions&) const = default;

  static const std::vector<Option>& table();
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LoggingOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
  int64_t max_per_second = 0;

  static const std::vector<Option>& table();
};

// Of every node, in addition to `plugin`, `inputs` and `buffer`.
struct NodeEngineOptions {
  int64_t parallelism = 1;
  bool ordered = false;
  std::vector<std::string> extra_columns;

  static const std::vector<Option>& table();
};

// What happens to a message when an intake is full.
enum class Overflow { kBlock, kDropNewest };
enum class BufferType { kMemory, kDisk };
// What an accepted message survives, with a disk intake: the death of the process, or of the
// machine.
enum class Durability { kProcess, kMachine };

// The most segments of an intake's folder.
inline constexpr int64_t kMostSegments = 4096;

struct BufferOptions {
  BufferType type = BufferType::kMemory;
  std::string path;
  Bytes max_bytes, segment_bytes;
  Durability durability = Durability::kProcess;
  std::chrono::nanoseconds sync_interval{};
  Overflow overflow = Overflow::kBlock;

  bool operator==(const BufferOptions&) const = default;

  static const std::vector<Option>& table();
};

}  // namespace penstock::engine
