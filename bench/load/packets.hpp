// The messages as packets, by number: the same number gives the same bytes, but for the time with
// --rate and without --sequence.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "messages.hpp"
#include "wire.hpp"

namespace mqtt_load {

class Packets {
 public:
  explicit Packets(const Arguments& arguments) : arguments_(arguments), messages_(arguments) {}

  // For a version of MQTT (3.1.1: 4). Those without a number are made now: only their identifiers
  // change.
  void begin(int version) {
    version_ = version;
    if (arguments_.sequence) return;
    constexpr int kPackets = 1000;
    for (int i = 0; i < kPackets; ++i) {
      starts_.push_back(encoded_.size());
      places_.push_back(put_publish(encoded_, messages_.topic(i), 0,
                                    messages_.payload(i, static_cast<uint32_t>(i * 89), now_ms()),
                                    version_));
    }
    starts_.push_back(encoded_.size());
  }

  // Where it begins in `to`.
  size_t put(std::string& to, int64_t number) {
    const size_t start = to.size();
    const uint16_t id = packet_id(number);
    if (arguments_.sequence) {
      const auto value = static_cast<uint32_t>(number % 90'000);
      put_publish(to, messages_.topic(number), id, messages_.payload(number, value, begin_ms_),
                  version_);
      return start;
    }
    const size_t at = static_cast<size_t>(number) % places_.size();
    to.append(encoded_, starts_[at], starts_[at + 1] - starts_[at]);
    to[start + places_[at].id] = static_cast<char>(id >> 8);
    to[start + places_[at].id + 1] = static_cast<char>(id & 0xFF);
    if (arguments_.rate > 0) {
      // The time at which it is sent, for measuring how long it is under way.
      const std::string_view payload =
          messages_.fill(static_cast<int64_t>(at), static_cast<uint32_t>(at * 89), now_ms());
      std::memcpy(to.data() + start + places_[at].payload, payload.data(), payload.size());
    }
    return start;
  }

 private:
  static int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  const Arguments arguments_;
  Messages messages_;
  int version_ = 4;
  const int64_t begin_ms_ = now_ms();
  std::string encoded_;
  std::vector<size_t> starts_;
  std::vector<PublishPlaces> places_;
};

}  // namespace mqtt_load
