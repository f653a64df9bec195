#include "intake/block.hpp"

#include <algorithm>
#include <cstring>

namespace penstock::engine {

Block::Block(Segment& segment, size_t offset, size_t topic_bytes)
    : segment_(segment), offset_(offset), topic_bytes_(topic_bytes) {
  char* at = segment.at(offset);
  const auto take = [&]<class T>(T*& array, size_t count) {
    array = reinterpret_cast<T*>(at);
    at += sizeof(T) * count;
  };
  take(header_, 1);
  take(received_, kBlockRows);
  take(topic_offsets_, kBlockRows + 1);
  take(payload_offsets_, kBlockRows + 1);
  take(crcs_, kBlockRows);
  take(states_, kBlockRows);
  take(topics_, topic_bytes);
  payloads_ = at;
  const auto used = static_cast<size_t>(at - segment.at(0)) + PENSTOCK_PADDING;
  payload_bytes_ = std::min<size_t>(segment.bytes() - used, INT32_MAX);
  segment.holders.fetch_add(1, std::memory_order_relaxed);
}

Block::Block(Segment& segment, size_t offset, size_t topic_bytes, uint64_t first)
    : Block(segment, offset, topic_bytes) {
  first_ = first;
  topic_offsets_[0] = 0;
  payload_offsets_[0] = 0;
  std::memset(states_, 0, kBlockRows);
  BlockHeader header = {};
  header.segment = segment.number();
  header.first = first;
  header.topic_bytes = static_cast<uint32_t>(topic_bytes);
  header.magic = BlockHeader::kMagic;
  header.crc = engine::crc_of(header);
  std::memcpy(header_, &header, sizeof(header));
}

Block::Block(Segment& segment, size_t offset)
    : Block(segment, offset,
            reinterpret_cast<const BlockHeader*>(segment.at(offset))->topic_bytes) {
  first_ = header_->first;
  sealed_ = true;
}

bool Block::stands_at(const Segment& segment, size_t offset) {
  if (offset + BlockShape{}.bytes() > segment.bytes()) return false;
  const auto* header = reinterpret_cast<const BlockHeader*>(segment.at(offset));
  return engine::is_intact(*header) && header->segment == segment.number() &&
         header->first < kNumberLimit &&
         offset + BlockShape{header->topic_bytes, 0}.bytes() <= segment.bytes();
}

bool Block::fits(const penstock_message& message) const {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  if (row == kBlockRows) return false;
  const auto topic_end = static_cast<size_t>(topic_offsets_[row]) + message.topic.size;
  const auto payload_end = static_cast<size_t>(payload_offsets_[row]) + message.payload.size;
  return topic_end <= topic_bytes_ && payload_end <= payload_bytes_;
}

void Block::append(const penstock_message& message) {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  received_[row] = message.received_us;
  std::memcpy(topics_ + topic_offsets_[row], message.topic.data, message.topic.size);
  topic_offsets_[row + 1] = topic_offsets_[row] + static_cast<int32_t>(message.topic.size);
  std::memcpy(payloads_ + payload_offsets_[row], message.payload.data, message.payload.size);
  payload_offsets_[row + 1] = payload_offsets_[row] + static_cast<int32_t>(message.payload.size);
  if (segment_.is_file()) {
    crcs_[row] = crc_of(row);
    header_->rows = row + 1;
  }
  published_.store(row + 1, std::memory_order_release);
}

uint32_t Block::crc_of(uint32_t row) const {
  const auto topic_size = static_cast<uint32_t>(topic_offsets_[row + 1] - topic_offsets_[row]);
  const auto payload_size =
      static_cast<uint32_t>(payload_offsets_[row + 1] - payload_offsets_[row]);
  const uint64_t place[3] = {first_ + row, static_cast<uint64_t>(received_[row]),
                             uint64_t{topic_size} << 32 | payload_size};
  uint32_t crc = crc32c(0, place, sizeof(place));
  crc = crc32c(crc, topics_ + topic_offsets_[row], topic_size);
  return crc32c(crc, payloads_ + payload_offsets_[row], payload_size);
}

bool Block::is_intact(uint32_t row) const {
  const auto in_order = [&](const int32_t* offsets, size_t bytes) {
    return offsets[row] >= 0 && offsets[row] <= offsets[row + 1] &&
           static_cast<size_t>(offsets[row + 1]) <= bytes;
  };
  return in_order(topic_offsets_, topic_bytes_) && in_order(payload_offsets_, payload_bytes_) &&
         crcs_[row] == crc_of(row);
}

size_t Block::seal() {
  const uint32_t rows = published_.load(std::memory_order_relaxed);
  const size_t bytes =
      BlockShape{topic_bytes_, static_cast<size_t>(payload_offsets_[rows])}.bytes();
  header_->bytes = bytes;
  sealed_.store(true, std::memory_order_release);
  return offset_ + bytes;
}

}  // namespace penstock::engine
