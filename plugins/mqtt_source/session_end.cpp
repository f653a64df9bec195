#include "session_end.hpp"

#include <algorithm>

namespace mqtt_source {
namespace {

using namespace std::chrono_literals;

// A client whose session was taken over reconnects and takes it over in turn within this time;
// Penstock does so after 50 ms.
constexpr auto kSettle = 5s;
// How long to wait for UNSUBACK.
constexpr auto kAnswer = 10s;
// After this long without a message, none is left.
constexpr auto kQuiet = 2s;
// No other client contends for a session whose connection lasted this long.
constexpr auto kLasting = 1min;
constexpr int kMostLosses = 3;

}  // namespace

void SessionEnd::accepted(bool session_present, Clock::time_point now) {
  accepted_ = last_came_ = now;
  has_pinged_ = false;
  if (is_forgetting()) {
    phase_ = Phase::kOver;
    return;
  }
  if (session_present) {
    memory_->found = 1;
    phase_ = Phase::kSettling;
    return;
  }
  // This connection has created a new session, which must go, too.
  was_lost_ = memory_->found != 0 && memory_->forgetting == 0;
  phase_ = Phase::kForgetting;
}

void SessionEnd::refused(uint8_t code, const std::string& why) {
  // Server unavailable (3.1.1 §3.2.2.3, 5 §3.2.2.2), server busy, quota exceeded, connection rate
  // exceeded.
  for (const uint8_t passing : {0x03, 0x88, 0x89, 0x97, 0x9F}) {
    if (code == passing) return;
  }
  failure_ = why;
  phase_ = Phase::kOver;
}

void SessionEnd::lost(const std::string& client_id, const std::string& why, Clock::time_point now) {
  if (phase_ == Phase::kConnecting || is_forgetting() || is_over()) return;
  const bool was_settling = phase_ == Phase::kSettling;
  phase_ = Phase::kConnecting;
  losses_ = now - accepted_ < kLasting ? losses_ + 1 : 0;
  if (is_taken_over_) {
    failure_ =
        "client_id " + client_id +
        " is in use: another client took over the session; end that one, then run this again";
  } else if (was_settling || losses_ == kMostLosses) {
    failure_ = "the connection was closed right after connecting (" + why + "): if client_id " +
               client_id + " is in use by another client, end that one; then run this again";
  } else {
    return;
  }
  phase_ = Phase::kOver;
}

SessionEnd::Step SessionEnd::next(bool rests, Clock::time_point now) {
  switch (phase_) {
    case Phase::kConnecting: return Step::kNone;
    case Phase::kUnsubscribing:
      if (now - asked_ < kAnswer) return Step::kNone;
      failure_ = "the broker does not answer UNSUBSCRIBE; see its log";
      phase_ = Phase::kOver;
      return Step::kDisconnect;
    case Phase::kSettling:
      if (now - accepted_ < kSettle) return Step::kNone;
      asked_ = now;
      phase_ = Phase::kUnsubscribing;
      return Step::kUnsubscribe;
    case Phase::kTaking: break;
    case Phase::kForgetting:
    case Phase::kOver: return Step::kDisconnect;
  }
  if (!rests) return Step::kNone;
  if (now - last_came_ < kQuiet) {
    has_pinged_ = false;
    return Step::kNone;
  }
  // PINGRESP follows everything the broker sends in response to what it has read from us.
  if (!has_pinged_) {
    has_pinged_ = true;
    return Step::kPing;
  }
  memory_->forgetting = 1;
  phase_ = Phase::kForgetting;
  return Step::kDisconnect;
}

Options without_clean_session(Options options) {
  options.clean_session = false;
  options.session_expiry = std::max<std::chrono::nanoseconds>(options.session_expiry, 1h);
  return options;
}

}  // namespace mqtt_source
