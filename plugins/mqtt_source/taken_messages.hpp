// Which messages this session has taken, by packet identifier, so that one that the broker sends
// again after a break is known.
//
// A broker repeats what it has sent and not seen acknowledged (MQTT 5 §4.4), with DUP set and the
// same packet identifier. It may also have used the identifier for another message meanwhile,
// which then was lost with the connection and comes with DUP set, too. So topic and payload
// decide: a message is a repetition only if it is the same, byte for byte by a 64-bit hash, and
// the first with its identifier on this connection, or not acknowledged yet.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "packets.hpp"

namespace mqtt_source {

class TakenMessages {
 public:
  TakenMessages() : entries_(65'536) {}

  // The broker has no session of ours: what it sends is new.
  void forget();
  void begin_connection() { ++connection_; }

  // The same message under the same identifier, as it was taken before.
  struct Taken {
    uint64_t position = 0;
    bool on_this_connection = false;
  };
  std::optional<Taken> same(const Publish& publish) const {
    const Entry& entry = entries_[publish.id];
    if (entry.connection == 0 || entry.hash != hash_of(publish)) return std::nullopt;
    return Taken{entry.position, entry.connection == connection_};
  }
  // `position`: safe once the intake's safe position has reached it.
  void take(const Publish& publish, uint64_t position) {
    entries_[publish.id] = {hash_of(publish), position, connection_};
  }

  // QoS 2: taken, and not yet released by the broker. The same identifier is the same message
  // (MQTT 5 §4.3.3, method A).
  bool is_unreleased(uint16_t id) const { return unreleased_[id]; }
  void set_unreleased(uint16_t id, bool unreleased) { unreleased_[id] = unreleased; }
  uint64_t position_of(uint16_t id) const { return entries_[id].position; }

 private:
  struct Entry {
    uint64_t hash = 0;
    uint64_t position = 0;
    uint32_t connection = 0;  // 0: none
  };

  static uint64_t hash_of(const Publish& publish);

  std::vector<Entry> entries_;
  std::bitset<65'536> unreleased_;
  uint32_t connection_ = 0;
};

}  // namespace mqtt_source
