// What a hostile broker could send: bytes in any pieces, through the splitting and reading of
// packets. The first byte chooses the version, the second the size of the pieces.
#include <algorithm>
#include <cstring>
#include <span>

#include "packet_stream.hpp"
#include "packets.hpp"
#include "require.hpp"
#include "taken_messages.hpp"

namespace {

using namespace mqtt_source;

constexpr size_t kMostBytes = 4096;

bool lies_in(std::string_view part, const Packet& packet) {
  return part.empty() || (part.data() >= packet.body.data() &&
                          part.data() + part.size() <= packet.body.data() + packet.body.size());
}

void read(const Packet& packet, Version version, TakenMessages& taken) {
  REQUIRE(packet.body.size() <= std::max(kMostBytes, PacketStream::kOversizeHead));
  switch (packet.type) {
    case PacketType::kPublish:
      if (const auto publish = read_publish(packet, version)) {
        REQUIRE(lies_in(publish->topic, packet) && lies_in(publish->payload, packet));
        taken.first_of(*publish);
        if (publish->qos > 0) taken.take(*publish, 1);
      }
      break;
    case PacketType::kConnack: read_connack(packet, version); break;
    case PacketType::kSuback: read_suback(packet, version); break;
    case PacketType::kPubrel: read_pubrel(packet); break;
    case PacketType::kDisconnect: read_disconnect(packet); break;
    default: break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static TakenMessages taken;
  const Version version = data[0] & 1 ? Version::kV5 : Version::kV311;
  const size_t piece = data[1] + size_t{1};
  std::span<const uint8_t> rest(data + 2, size - 2);
  PacketStream stream(kMostBytes);
  taken.begin_connection();
  while (!rest.empty()) {
    const std::span<char> space = stream.space();
    REQUIRE(space.size() >= PacketStream::kLeastSpace);
    const size_t count = std::min({piece, rest.size(), space.size()});
    std::memcpy(space.data(), rest.data(), count);
    rest = rest.subspan(count);
    stream.received(count);
    Packet packet;
    PacketStream::Next next;
    while ((next = stream.next(packet)) == PacketStream::Next::kPacket) {
      read(packet, version, taken);
    }
    if (next == PacketStream::Next::kMalformed) return 0;
  }
  return 0;
}
