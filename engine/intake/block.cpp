#include "intake/block.hpp"

#include <cstring>

namespace penstock::engine {

Block::Block(BlockMemory memory, size_t memory_bytes, BlockShape shape, uint64_t first)
    : memory_(std::move(memory)), memory_bytes_(memory_bytes), shape_(shape), first_(first) {
  char* at = memory_.get();
  received_ = reinterpret_cast<int64_t*>(at);
  at += kBlockRows * sizeof(int64_t);
  topic_offsets_ = reinterpret_cast<int32_t*>(at);
  at += (kBlockRows + 1) * sizeof(int32_t);
  payload_offsets_ = reinterpret_cast<int32_t*>(at);
  at += (kBlockRows + 1) * sizeof(int32_t);
  topics_ = at;
  payloads_ = at + shape_.topic_bytes;
  topic_offsets_[0] = 0;
  payload_offsets_[0] = 0;
}

bool Block::fits(const penstock_message& message) const {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  if (row == kBlockRows) return false;
  const auto topic_end = static_cast<size_t>(topic_offsets_[row]) + message.topic.size;
  const auto payload_end = static_cast<size_t>(payload_offsets_[row]) + message.payload.size;
  return topic_end <= shape_.topic_bytes && payload_end <= shape_.payload_bytes;
}

void Block::append(const penstock_message& message) {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  received_[row] = message.received_us;
  std::memcpy(topics_ + topic_offsets_[row], message.topic.data, message.topic.size);
  topic_offsets_[row + 1] = topic_offsets_[row] + static_cast<int32_t>(message.topic.size);
  std::memcpy(payloads_ + payload_offsets_[row], message.payload.data, message.payload.size);
  payload_offsets_[row + 1] = payload_offsets_[row] + static_cast<int32_t>(message.payload.size);
  published_.store(row + 1, std::memory_order_release);
}

}  // namespace penstock::engine
