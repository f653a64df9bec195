// What mqtt_source asks of a receiver, of which there are two.
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
  // No message is appended after it returns.
  virtual void stop() = 0;
  // Every message below the position is safe.
  virtual void acknowledged(uint64_t position) = 0;
};

// The one that the options ask for.
std::unique_ptr<Receiver> make_receiver(const Options& options, penstock::Context& context);

// A connection that lasted this long was a good one: the next attempt comes soon.
inline constexpr std::chrono::seconds kStable{5};

// How a receiver's trouble with a subscription begins.
inline constexpr const char* kRefusedSubscription = "the broker refuses the subscription";
// What it says, among others, of one that no broker without shared subscriptions can grant.
inline constexpr const char* kNoSharedSubscriptions = "it has no shared subscriptions";
// What 3.1.1 leaves open.
inline constexpr const char* kOldAndShared =
    "MQTT 3.1.1 does not tell whether the broker has shared subscriptions; one that has none takes "
    "$share/… for the name of a topic, and nothing arrives";

// Now, as messages carry it: µs since 1970.
inline int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace mqtt_source
