// Ends a session that is no longer used: takes the messages that wait in it, then has the broker
// discard it. In steps, so that nothing is lost: connect as its client and wait a few seconds to
// see that no other client takes the session over; unsubscribe; take messages until none has come
// for a while and all are acknowledged; connect once more with a clean session, which ends the old
// one in every version of MQTT (3.1.1 §3.1.2.4, 5 §3.1.2.4).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "options.hpp"

namespace mqtt_source {

class SessionEnd {
 public:
  using Clock = std::chrono::steady_clock;

  // What is known of earlier attempts; zeros: none. Survives with the intake.
  struct Memory {
    uint64_t found;       // the broker had the session
    uint64_t forgetting;  // all messages are taken
    uint64_t taken;       // messages
  };
  void resume(void* memory) { memory_ = static_cast<Memory*>(memory); }

  // All messages are taken: connect with a clean session.
  bool is_forgetting() const { return phase_ == Phase::kForgetting; }

  // What happens on a connection.
  void accepted(bool session_present, Clock::time_point now);
  // A broker may go on delivering for a while (MQTT 5 §3.10.4), so it is quiet from here on at the
  // earliest. An UNSUBACK that was not asked for is ignored.
  void unsubscribed(Clock::time_point now) {
    if (phase_ != Phase::kUnsubscribing) return;
    phase_ = Phase::kTaking;
    last_came_ = now;
  }
  void came(Clock::time_point now) { last_came_ = now; }
  void took(uint64_t messages) { memory_->taken += messages; }
  void taken_over() { is_taken_over_ = true; }
  // CONNACK refused the connection. A refusal that may pass does not end the attempts.
  void refused(uint8_t code, const std::string& why);
  // The connection was lost.
  void lost(const std::string& client_id, const std::string& why, Clock::time_point now);

  enum class Step { kNone, kUnsubscribe, kPing, kDisconnect };
  // Call repeatedly while connected. `rests`: everything that came is acknowledged, and every
  // PINGREQ is answered.
  Step next(bool rests, Clock::time_point now);

  bool is_over() const { return phase_ == Phase::kOver; }
  // Why the session could not be ended; empty: it is.
  const std::string& failure() const { return failure_; }
  bool was_found() const { return memory_->found != 0; }
  // The broker lost the session before all messages were taken.
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
  int losses_ = 0;  // consecutive connections that did not last
  std::string failure_;
};

// The options for ending a session, which must outlast lost connections.
Options without_clean_session(Options options);

}  // namespace mqtt_source
