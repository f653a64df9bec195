// The end of a session that nobody comes back for: what waits in it is taken, then the broker
// forgets it. In steps, so that nothing is lost: connect as its client and see that no other does
// (who takes the session over shows within seconds), unsubscribe, take what comes until nothing has
// come for a while and all is acknowledged, and connect once more with a clean session, which ends
// the old one in every version of MQTT (3.1.1 §3.1.2.4, 5 §3.1.2.4).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "options.hpp"

namespace mqtt_source {

class SessionEnd {
 public:
  using Clock = std::chrono::steady_clock;

  // What is known of earlier attempts; zeros: there was none. Survives with the intake.
  struct Memory {
    uint64_t found;       // the broker had the session
    uint64_t forgetting;  // all was taken
    uint64_t taken;       // so many messages
  };
  void resume(void* memory) { memory_ = static_cast<Memory*>(memory); }

  // Whether to connect with a clean session, for all is taken.
  bool is_forgetting() const { return phase_ == Phase::kForgetting; }

  // What comes of a connection.
  void accepted(bool session_present, Clock::time_point now);
  // A broker may go on delivering for a while (MQTT 5 §3.10.4): it is quiet from here on at the
  // earliest. One that was not asked for counts for nothing.
  void unsubscribed(Clock::time_point now) {
    if (phase_ != Phase::kUnsubscribing) return;
    phase_ = Phase::kTaking;
    last_came_ = now;
  }
  void came(Clock::time_point now) { last_came_ = now; }
  void took(uint64_t messages) { memory_->taken += messages; }
  void taken_over() { is_taken_over_ = true; }
  // CONNACK refused the connection, `why` in words. What another try may change is tried again.
  void refused(uint8_t code, const std::string& why);
  // It broke, and why.
  void lost(const std::string& client_id, const std::string& why, Clock::time_point now);

  enum class Step { kNone, kUnsubscribe, kPing, kDisconnect };
  // Call again and again while connected. `rests`: all that came is acknowledged, and every
  // PINGREQ answered.
  Step next(bool rests, Clock::time_point now);

  // Nothing is left to do.
  bool is_over() const { return phase_ == Phase::kOver; }
  // Why it could not be done; empty: it was.
  const std::string& failure() const { return failure_; }
  bool was_found() const { return memory_->found != 0; }
  // The broker had lost the session before all was taken.
  bool was_lost() const { return was_lost_; }
  uint64_t taken() const { return memory_->taken; }

 private:
  enum class Phase { kConnecting, kSettling, kUnsubscribing, kTaking, kForgetting, kOver };

  Memory own_{};
  Memory* memory_ = &own_;
  Phase phase_ = Phase::kConnecting;
  Clock::time_point accepted_{}, asked_{}, last_came_{};
  bool has_pinged_ = false;  // since the last message
  bool is_taken_over_ = false;
  bool was_lost_ = false;
  int losses_ = 0;  // connections in a row that did not last
  std::string failure_;
};

// The options that a session to be ended is connected to with: it outlasts lost connections.
Options without_clean_session(Options options);

}  // namespace mqtt_source
