// Acknowledgements that wait until their messages are safe, in the order of receipt.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "packets.hpp"

namespace mqtt_source {

class Acknowledgements {
 public:
  // `safe_at_once`: a message is safe once it is appended; otherwise once the safe position has
  // reached it.
  explicit Acknowledgements(bool safe_at_once) : safe_at_once_(safe_at_once) {}

  // Acknowledges the message at `position`: at once if it is safe and none waits before it.
  void put(uint64_t position, PacketType type, uint16_t id, std::string& output) {
    if (safe_at_once_ && empty()) {
      put_acknowledgement(output, type, id);
      owed_ = std::max(owed_, position);
      return;
    }
    if (size_ == ring_.size()) grow();
    ring_[(first_ + size_++) % ring_.size()] = {position, type, id};
  }
  void release(uint64_t safe_position, std::string& output) {
    if (safe_at_once_) safe_position = UINT64_MAX;
    while (size_ > 0 && ring_[first_].position <= safe_position) {
      owed_ = std::max(owed_, ring_[first_].position);
      put_acknowledgement(output, ring_[first_].type, ring_[first_].id);
      first_ = (first_ + 1) % ring_.size();
      --size_;
    }
  }
  // They are only valid on the connection that their messages came on.
  void clear() {
    first_ = size_ = 0;
    owed_ = 0;
  }

  bool empty() const { return size_ == 0; }
  // The highest position acknowledged in the output; 0: none.
  uint64_t owed() const { return owed_; }

 private:
  struct Held {
    uint64_t position;
    PacketType type;
    uint16_t id;
  };

  void grow() {
    std::vector<Held> larger(ring_.empty() ? 1024 : ring_.size() * 2);
    for (size_t i = 0; i < size_; ++i) larger[i] = ring_[(first_ + i) % ring_.size()];
    ring_ = std::move(larger);
    first_ = 0;
  }

  const bool safe_at_once_;
  std::vector<Held> ring_;
  size_t first_ = 0, size_ = 0;
  uint64_t owed_ = 0;
};

}  // namespace mqtt_source
