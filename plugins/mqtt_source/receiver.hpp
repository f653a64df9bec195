// The interface of mqtt_source's two receivers.
#pragma once

#include <penstock/context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

#include "options.hpp"

namespace mqtt_source {

class Receiver {
 public:
  virtual ~Receiver() = default;

  virtual void start() = 0;
  // Appends nothing after it returns.
  virtual void stop() = 0;
  // Every message below the position is safe.
  virtual void acknowledged(uint64_t position) = 0;
};

std::unique_ptr<Receiver> make_receiver(const Options& options, penstock::Context& context);

// After a connection that lasted this long, the next attempt comes soon.
inline constexpr std::chrono::seconds kStable{5};

// How a receiver's trouble with a subscription begins.
inline constexpr const char* kRefusedSubscription = "the broker refused the subscription";
// What it contains if the broker does not support shared subscriptions.
inline constexpr const char* kNoSharedSubscriptions = "it does not support shared subscriptions";
inline constexpr const char* kOldAndShared =
    "MQTT 3.1.1 does not tell whether the broker supports shared subscriptions; one that does not "
    "treats $share/… as a topic name, and nothing arrives";

// The time that messages carry: µs since 1970.
inline int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace mqtt_source
