// SIGTERM, SIGINT and SIGHUP, blocked in every thread and taken one by one.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

namespace penstock::engine {

inline bool asks_for_end(int signal) { return signal == SIGTERM || signal == SIGINT; }

// One a process, made before any thread starts.
class Signals {
 public:
  Signals();

  // The next signal, or 0 after `time`.
  //
  // SIGTERM and SIGINT within a second of the first one are the same request: `timeout` and
  // terminals send one to the process and one to its group, and impatience comes later.
  int wait(std::chrono::milliseconds time);

 private:
  bool repeats_the_first();

  sigset_t set_;
  std::optional<std::chrono::steady_clock::time_point> first_end_;
};

}  // namespace penstock::engine
