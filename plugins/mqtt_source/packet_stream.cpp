#include "packet_stream.hpp"

#include <algorithm>
#include <cstring>

namespace mqtt_source {

PacketStream::PacketStream(size_t most_bytes) : most_bytes_(most_bytes), buffer_(kUsualBytes) {}

void PacketStream::clear() { begin_ = end_ = wanted_ = skip_ = 0; }

std::span<char> PacketStream::space() {
  const size_t held = end_ - begin_;
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, held);
  begin_ = 0;
  end_ = held;
  // A large packet gets the room that it needs, and the room is freed after it.
  const size_t needed = std::max(kUsualBytes, std::max(wanted_, held) + kLeastSpace);
  if (needed > buffer_.size() || (buffer_.size() > kUsualBytes && needed == kUsualBytes)) {
    buffer_.resize(needed);
    buffer_.shrink_to_fit();
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

PacketStream::Next PacketStream::next(Packet& packet) {
  const size_t skipped = std::min(skip_, end_ - begin_);
  begin_ += skipped;
  skip_ -= skipped;
  wanted_ = 0;
  const size_t held = end_ - begin_;
  const char* at = buffer_.data() + begin_;

  // Variable Byte Integer (MQTT 5 §1.5.5): seven bits a byte, at most four bytes.
  size_t length = 0, header = 1;
  for (int shift = 0;; shift += 7, ++header) {
    if (shift == 28) return Next::kMalformed;
    if (header >= held) return Next::kNeedsMore;
    const auto byte = static_cast<uint8_t>(at[header]);
    length |= static_cast<size_t>(byte & 0x7F) << shift;
    if (!(byte & 0x80)) {
      ++header;
      break;
    }
  }
  packet.oversize = length > most_bytes_;
  const size_t body = packet.oversize ? std::min(length, kOversizeHead) : length;
  if (held < header + body) {
    wanted_ = header + body;
    return Next::kNeedsMore;
  }
  packet.type = static_cast<PacketType>(static_cast<uint8_t>(at[0]) >> 4);
  packet.flags = static_cast<uint8_t>(at[0]) & 0x0F;
  packet.body = {at + header, body};
  begin_ += header + body;
  skip_ = length - body;
  return Next::kPacket;
}

}  // namespace mqtt_source
