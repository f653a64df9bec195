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
  // The packet leaves once the safe position has reached `position`.
  void hold(uint64_t position, PacketType type, uint16_t id) {
    if (size_ == ring_.size()) grow();
    ring_[(first_ + size_++) % ring_.size()] = {position, type, id};
  }
  // Puts those that may leave. Returns the last position of these, or 0.
  uint64_t release(uint64_t safe_position, std::string& to) {
    uint64_t last = 0;
    while (size_ > 0 && ring_[first_].position <= safe_position) {
      last = std::max(last, ring_[first_].position);
      put_acknowledgement(to, ring_[first_].type, ring_[first_].id);
      first_ = (first_ + 1) % ring_.size();
      --size_;
    }
    return last;
  }
  // They belong to the connection on which their messages came.
  void clear() { first_ = size_ = 0; }
  bool empty() const { return size_ == 0; }

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

  std::vector<Held> ring_;
  size_t first_ = 0, size_ = 0;
};

}  // namespace mqtt_source
