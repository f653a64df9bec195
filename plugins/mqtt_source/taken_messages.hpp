// Which messages of a session the intake has, by packet identifier, so that one that the broker
// sends again is known: after a lost connection, and where the intake is on disk after the death of
// the process, for then this lies in a file beside it.
//
// A broker repeats what it has sent and not seen acknowledged (MQTT 5 §4.4), with DUP set and the
// same packet identifier. But what it saw acknowledged it forgets, and may use the identifier for
// another message of equal content, which was lost with the connection and comes with DUP set, too.
// So a message is a repetition only if topic and payload are the same, by a 64-bit hash, and
// * QoS 1: it comes with DUP, and first came on this connection or the last before that brought
//   anything new; the broker can't have seen its acknowledgement, for that was never begun to be
//   written, or it counts identifiers up and has not come round since; and if it came on an earlier
//   connection, the broker is known to keep identifiers (identifier_order.hpp);
// * QoS 2: the broker hasn't released it (§4.3.3, method A), and it comes with DUP or on the
//   connection that it came on first; or it is one by the rule of QoS 1. For mosquitto sends again
//   what it has released when the connection is lost a second time before it repeated PUBREL
//   (db__message_reconnect_reset_outgoing in src/database.c, of 2.0).
// Everything else is taken: better twice than not at all.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <vector>

#include "identifier_order.hpp"
#include "packets.hpp"

namespace mqtt_source {

class TakenMessages {
 public:
  // Of memory; its own as long as it is given none.
  static constexpr size_t kBytes = 4096 + 65'536 * 16;
  TakenMessages();

  // Goes on with memory that an earlier process left, if it is of the same session (a hash of
  // broker and client) and `fits` to the messages of the intake, of which the next one has
  // `next_position`. `memory` outlives it.
  void resume(void* memory, bool fits, uint64_t session, uint64_t next_position);

  // The broker has no session of ours: what it sends is new.
  void forget();
  void begin_connection();

  struct Taken {
    uint64_t position = 0;
    bool here = false;  // on this connection
  };
  // The message that this one is a repetition of.
  std::optional<Taken> first_of(const Publish& publish) const;
  // It came on this connection, now.
  void repeated(const Publish& publish);

  // Before the message is appended: the intake has it once `position` is not beyond its end.
  void take(const Publish& publish, uint64_t position);
  // It was not appended.
  void forget(uint16_t id) { entries()[id] = {}; }
  // QoS 2: the broker won't send it again.
  void release(uint16_t id);

  // Before acknowledgements are written: those of messages up to this position.
  void acknowledging(uint64_t position) { header().acknowledged = position; }
  // The broker may have seen the acknowledgements of messages up to here.
  uint64_t acknowledged() const { return header().acknowledged; }

  IdentifierOrder& order() { return header().order; }

  static uint64_t hash(uint64_t seed, std::string_view text);

 private:
  static constexpr uint64_t kUnreleased = 1;  // QoS 2, taken and not released
  static constexpr uint64_t kConnections = 1 << 15;

  struct Entry {
    uint64_t hash = 0;
    uint64_t word = 0;  // position, 15 bits of the connection's number, kUnreleased; 0: none

    uint64_t position() const { return word >> 16; }
    uint64_t connection() const { return word >> 1 & (kConnections - 1); }
    bool is_unreleased() const { return word & kUnreleased; }
  };
  struct Header {
    uint64_t session;
    uint64_t acknowledged;
    uint64_t newest;      // position of the last that was taken
    uint64_t connection;  // number of this one, among those that brought something new
    IdentifierOrder order;
  };
  static_assert(kBytes == 4096 + 65'536 * sizeof(Entry) && sizeof(Header) <= 4096);

  static uint64_t hash_of(const Publish& publish);
  bool is_recent(const Entry& entry) const;
  bool may_be_unacknowledged(const Entry& entry) const;
  void note(uint16_t id, uint64_t position, bool unreleased);
  Header& header() const { return *static_cast<Header*>(memory_); }
  Entry* entries() const { return reinterpret_cast<Entry*>(static_cast<char*>(memory_) + 4096); }

  std::vector<uint64_t> own_;
  void* memory_;
  std::bitset<65'536> here_;  // came on this connection
  bool brought_new_ = false;  // this connection
};

}  // namespace mqtt_source
