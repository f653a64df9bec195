// The options that belong to the engine: [service], [http], [logging], [nodes.X.buffer].
#pragma once

#include <penstock/options.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace penstock::engine {

struct ServiceOptions {
  std::string name;
  int64_t buffer_size = 0;
  std::chrono::nanoseconds shutdown_timeout{};
  std::vector<std::string> plugin_path;

  static const std::vector<Option>& table();
};

struct HttpOptions {
  std::string listen;

  static const std::vector<Option>& table();
};

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

struct LoggingOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;

  static const std::vector<Option>& table();
};

// What happens to a message when an intake is full.
enum class Overflow { kBlock, kDropNewest };
enum class BufferType { kMemory };

struct BufferOptions {
  BufferType type = BufferType::kMemory;
  Bytes max_bytes;
  Overflow overflow = Overflow::kBlock;

  static const std::vector<Option>& table();
};

}  // namespace penstock::engine
