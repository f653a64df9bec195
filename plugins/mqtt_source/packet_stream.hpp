// Splits the bytes from a broker into MQTT control packets, in place (MQTT 3.1.1 §2.2, MQTT 5
// §2.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mqtt_source {

enum class PacketType : uint8_t {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPuback = 4,
  kPubrec = 5,
  kPubrel = 6,
  kPubcomp = 7,
  kSubscribe = 8,
  kSuback = 9,
  kUnsubscribe = 10,
  kUnsuback = 11,
  kPingreq = 12,
  kPingresp = 13,
  kDisconnect = 14,
};

struct Packet {
  PacketType type = PacketType::kConnect;
  uint8_t flags = 0;
  std::span<const char> body;  // after the fixed header; valid until `space`
  bool oversize = false;       // `body` is only the beginning of a packet that is too large to keep
};

class PacketStream {
 public:
  // Of packets with a body larger than `most_bytes`, only the beginning is kept.
  explicit PacketStream(size_t most_bytes);

  // Where to read to: at least kLeastSpace bytes. Moves an incomplete packet to the front.
  std::span<char> space();
  void received(size_t bytes) { end_ += bytes; }

  enum class Next { kPacket, kNeedsMore, kMalformed };
  Next next(Packet& packet);

  // For a new connection.
  void clear();

  static constexpr size_t kLeastSpace = 64 << 10;
  // Enough for a PUBLISH up to its packet identifier, with the longest topic.
  static constexpr size_t kOversizeHead = 5 + 2 + 65'535 + 2;
  // Enough for the body of a PUBLISH with such a payload and 64 KiB of properties.
  static constexpr size_t body_with(size_t payload_bytes) {
    return payload_bytes + kOversizeHead + (64 << 10);
  }

 private:
  static constexpr size_t kUsualBytes = 256 << 10;

  const size_t most_bytes_;
  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;  // of the bytes not yet returned
  size_t wanted_ = 0;           // bytes that the packet at `begin_` needs
  size_t skip_ = 0;             // bytes of an oversize packet that are yet to come
};

}  // namespace mqtt_source
