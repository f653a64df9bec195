// Which version of MQTT a broker is asked with.
//
// With `protocol = "auto"` that is 5, and 3.1.1 when the broker does not take it. A refusal in
// words is believed for an hour. A connection that was closed without an answer, or met with
// silence, may have had another cause, such as a broker that was starting: the next connection
// begins with 5 again, unless silence, which costs `connect_timeout`, has come before two in a row
// that 3.1.1 then made.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "options.hpp"
#include "packets.hpp"

namespace mqtt_source {

class VersionChoice {
 public:
  using Clock = std::chrono::steady_clock;

  explicit VersionChoice(Protocol protocol);

  // An attempt begins; its version.
  Version begin(Clock::time_point now);
  Version version() const { return version_; }

  // How it went, if the version may have had to do with it.
  void accepted(Clock::time_point now);
  void refused(Clock::time_point now);
  void closed() { failed(Doubt::kClosed); }
  void silent() { failed(Doubt::kSilent); }

  // Whether the next attempt is with 3.1.1 because of what the last came to, and need not wait.
  bool falls_back() const { return next_ == Version::kV311; }
  // Such as "3.1.1 (the broker refused MQTT 5)".
  std::string text() const;

 private:
  enum class Doubt { kNone, kRefused, kClosed, kSilent };
  void failed(Doubt doubt);

  const bool fixed_;
  Version version_;
  std::optional<Version> next_;    // of the next attempt, after one that failed
  Doubt doubt_ = Doubt::kNone;     // why it is not 5
  int silences_ = 0;               // in a row
  Clock::time_point old_until_{};  // until then it is 3.1.1 from the first attempt on
};

std::string_view name_of(Version version);

}  // namespace mqtt_source
