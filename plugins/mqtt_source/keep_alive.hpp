// When to send PINGREQ, and when a silent broker is considered gone (MQTT 5 §3.1.2.10).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mqtt_source {

class KeepAlive {
 public:
  using Clock = std::chrono::steady_clock;

  void begin(std::chrono::nanoseconds interval, Clock::time_point now) {
    interval_ = interval;
    last_sent_ = last_received_ = last_ping_ = now;
    unanswered_ = 0;
  }
  // Server Keep Alive; 0: the broker wants no pings (MQTT 5 §3.2.2.3.14).
  void set_interval(std::chrono::nanoseconds interval) { interval_ = interval; }
  std::chrono::nanoseconds interval() const { return interval_; }
  bool is_off() const { return interval_.count() == 0; }

  void sent(Clock::time_point now) { last_sent_ = now; }
  void received(Clock::time_point now) { last_received_ = now; }
  Clock::time_point last_received() const { return last_received_; }

  void pinged(Clock::time_point now) {
    last_ping_ = now;
    ++unanswered_;
  }
  // PINGRESP. A broker may send more than were asked for.
  void answered() {
    if (unanswered_ > 0) --unanswered_;
  }
  bool all_answered() const { return unanswered_ == 0; }

  bool is_lost(Clock::time_point now) const { return now - last_received_ > interval_ * 3 / 2; }
  // After half the interval, so that a late ping is still in time, in which nothing was sent, or
  // nothing came and no PINGREQ was sent.
  bool is_ping_due(Clock::time_point now) const {
    const auto quiet_since = std::min(last_sent_, std::max(last_received_, last_ping_));
    return now - quiet_since >= interval_ / 2;
  }

 private:
  std::chrono::nanoseconds interval_{};
  Clock::time_point last_sent_, last_received_, last_ping_;
  uint32_t unanswered_ = 0;
};

}  // namespace mqtt_source
