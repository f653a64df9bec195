// What the service manager hears of a running pipeline: that it is ready, its state, that it
// lives.
#pragma once

#include <chrono>
#include <optional>

#include "pipeline/pipeline.hpp"
#include "pipeline/progress.hpp"
#include "service/service_manager.hpp"

namespace penstock::engine {

class Heartbeat {
 public:
  using Clock = std::chrono::steady_clock;

  Heartbeat(Pipeline& pipeline, ServiceManager& manager);

  // Call it several times a second, from one thread.
  void beat();
  // An intake's folder is gone, and everything that it held is done.
  bool must_begin_anew() const { return must_begin_anew_; }

 private:
  void tell_ready();
  void look_for_stalls(Clock::time_point now);
  void tell_alive(Clock::time_point now);
  void tell_status(Clock::time_point now);

  Pipeline& pipeline_;
  ServiceManager& manager_;
  Progress progress_;
  const std::chrono::microseconds check_every_;
  Clock::time_point checked_at_, looked_at_, watched_at_, told_at_;
  std::optional<uint64_t> received_;  // when the status was told
  bool ready_ = false;
  bool must_begin_anew_ = false;
};

}  // namespace penstock::engine
