// Which version of MQTT to connect with.
//
// `protocol = "auto"` means 5, and 3.1.1 if the broker does not accept 5. An explicit refusal is
// believed for an hour. A connection that was closed without an answer, or met with silence, may
// have had another cause, such as a broker that was starting: the next connection begins with 5
// again, unless twice in a row 5 met silence, which costs `connect_timeout`, and 3.1.1 worked.
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

  // An attempt begins; returns its version.
  Version begin(Clock::time_point now);
  Version version() const { return version_; }

  // The outcomes that the version may have caused.
  void accepted(Clock::time_point now);
  void refused(Clock::time_point now);
  void closed() { failed(Doubt::kClosed); }
  void silent() { failed(Doubt::kSilent); }

  // The next attempt uses 3.1.1, because of how the last one failed, and need not wait.
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
