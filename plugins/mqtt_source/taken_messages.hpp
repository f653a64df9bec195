// Which messages of a session the intake has, by packet identifier, so that one that the broker
// sends again is recognised: after a lost connection, and with a disk intake also after a crash of
// the process, since this then lies in a file beside the intake.
//
// A broker resends what it has not seen acknowledged (MQTT 5 §4.4), with DUP set and the same
// packet identifier. What it has seen acknowledged it forgets, and may reuse the identifier for
// another message of equal content, which can be lost with the connection and come with DUP set,
// too. So a message is a repetition only if topic and payload are the same, by a 64-bit hash, and
// * QoS 1: it has DUP set, and first came on this connection or the last one before it that brought
//   anything new; the broker cannot have seen its acknowledgement, because writing that was never
//   begun, or it counts identifiers up and has not come round since; and if it came on an earlier
//   connection, the broker is known to keep identifiers (identifier_order.hpp);
// * QoS 2: the broker has not released it (§4.3.3, method A), and it has DUP set or first came on
//   this connection; or it is a repetition by the rule of QoS 1, because mosquitto resends what it
//   has released when the connection is lost again before it has resent PUBREL
//   (db__message_reconnect_reset_outgoing in src/database.c, 2.0).
// Everything else is taken: better twice than never.
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
  // Of memory; it has its own until `resume`.
  static constexpr size_t kBytes = 4096 + 65'536 * 16;
  TakenMessages();

  // Continues with memory that an earlier process left, if that is of the same `session` (a hash of
  // broker and client) and `fits` the intake, whose next message has `next_position`. `memory`
  // outlives this object.
  void resume(void* memory, bool fits, uint64_t session, uint64_t next_position);

  // The broker has no session: everything it sends is new.
  void forget();
  void begin_connection();

  struct Taken {
    uint64_t position = 0;
    bool here = false;  // on this connection
  };
  // The message that this one repeats.
  std::optional<Taken> first_of(const Publish& publish) const;
  // The repetition came on this connection.
  void repeated(const Publish& publish);

  // Before the message is appended: the intake has it if its end is not before `position`.
  void take(const Publish& publish, uint64_t position);
  // It was not appended.
  void forget(uint16_t id) { entries()[id] = {}; }
  // QoS 2: the broker will not send it again.
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
