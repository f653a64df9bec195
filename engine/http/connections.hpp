// The listener's open connections: never more than so many, and none that says nothing for long.
// A connection costs its memory and a descriptor, of which the receivers and sinks need some too.
#pragma once

#include <penstock/occasionally.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "telemetry/measures.hpp"

namespace penstock::engine {

// Why a request got no answer, or not the one that it asked for.
enum class Refusal { kConnections, kSlow, kHead, kLogin, kStreams };
inline constexpr std::array<const char*, 5> kRefusals{"connections", "slow", "head", "login",
                                                      "streams"};

struct HttpCounts {
  std::atomic<int64_t> connections = 0;
  Count requests = 0;
  std::array<Count, kRefusals.size()> refused{};

  // How many so far, with this one.
  uint64_t refuse(Refusal why) {
    Count& count = refused[static_cast<size_t>(why)];
    add(count, 1);
    return get(count);
  }
};

class Connections {
 public:
  Connections(size_t most, std::chrono::nanoseconds timeout, HttpCounts& counts)
      : most_(most), timeout_(timeout), counts_(counts) {}

  // The listener's thread. A new one may end the oldest that is no stream, which is the one that
  // most likely wants nothing.
  void began(int fd);
  void ended(int fd);
  // It goes on by right.
  void is_stream(int fd);

  // Any thread, once in a while: ends those that have not been answered in time.
  void end_slow();

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    int fd;
    Clock::time_point since;
    bool stream = false, ending = false;
  };
  void end(Connection& connection);

  const size_t most_;
  const std::chrono::nanoseconds timeout_;
  HttpCounts& counts_;
  std::mutex mutex_;
  std::list<Connection> open_;  // oldest first
  std::unordered_map<int, std::list<Connection>::iterator> by_fd_;
  size_t ending_ = 0;
  Occasionally tell_full_, tell_slow_;
};

}  // namespace penstock::engine
