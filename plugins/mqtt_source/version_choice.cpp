#include "version_choice.hpp"

namespace mqtt_source {
namespace {

constexpr auto kBelieved = std::chrono::hours(1);
constexpr int kSilencesBelieved = 2;

}  // namespace

std::string_view name_of(Version version) { return version == Version::kV5 ? "5" : "3.1.1"; }

VersionChoice::VersionChoice(Protocol protocol)
    : fixed_(protocol != Protocol::kAuto),
      version_(protocol == Protocol::kV311 ? Version::kV311 : Version::kV5) {}

Version VersionChoice::begin(Clock::time_point now) {
  if (fixed_) return version_;
  version_ = next_.value_or(now < old_until_ ? Version::kV311 : Version::kV5);
  next_.reset();
  return version_;
}

void VersionChoice::accepted(Clock::time_point now) {
  if (version_ == Version::kV5) {
    doubt_ = Doubt::kNone;
    silences_ = 0;
  } else if (doubt_ == Doubt::kSilent && now >= old_until_ && ++silences_ >= kSilencesBelieved) {
    old_until_ = now + kBelieved;
  }
}

void VersionChoice::refused(Clock::time_point now) {
  const bool was_new = version_ == Version::kV5;
  failed(Doubt::kRefused);
  if (was_new && !fixed_) old_until_ = now + kBelieved;
}

void VersionChoice::failed(Doubt doubt) {
  if (fixed_) return;
  if (version_ == Version::kV5) {
    doubt_ = doubt;
    next_ = Version::kV311;
  } else {
    old_until_ = {};
    next_ = Version::kV5;
  }
}

std::string VersionChoice::text() const {
  std::string text(name_of(version_));
  if (fixed_ || version_ == Version::kV5) return text;
  switch (doubt_) {
    case Doubt::kRefused: return text + " (the broker refused MQTT 5)";
    case Doubt::kClosed:
      return text + " (the broker closed the connection after CONNECT with MQTT 5)";
    case Doubt::kSilent: return text + " (the broker did not answer MQTT 5)";
    case Doubt::kNone: break;
  }
  return text;
}

}  // namespace mqtt_source
