// What the HTTP server counts for /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "observe/metric_families.hpp"
#include "telemetry/measures.hpp"

namespace penstock::engine {

// Why a connection got no answer, or a request not the one that it asked for.
enum class Refusal { kSlow, kHandshake, kHead, kHost, kLogin, kStreams };
inline constexpr std::array<const char*, 6> kRefusals{"slow", "handshake", "head",
                                                      "host", "login",     "streams"};

struct HttpCounts {
  std::atomic<int64_t> connections = 0;  // that a thread serves now
  Count busy = 0;                        // connections that took the last free thread
  Count requests = 0;
  std::array<Count, kRefusals.size()> refused{};

  // How many so far, with this one.
  uint64_t refuse(Refusal why) {
    Count& count = refused[static_cast<size_t>(why)];
    add(count, 1);
    return get(count);
  }
};

void add_http_metrics(const HttpCounts& counts, MetricFamilies& to);

}  // namespace penstock::engine
