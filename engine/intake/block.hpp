// A block: a message batch in place, in a segment (format.hpp has its layout), so that Arrow
// arrays point straight into it. One thread appends, another reads what is published; neither
// takes a lock.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <cstdint>

#include "intake/segment.hpp"

namespace penstock::engine {

// What a block asks of its segment.
struct BlockShape {
  size_t topic_bytes = 0;
  size_t payload_bytes = 0;

  // Of all before the topics.
  static constexpr size_t index_bytes() {
    return sizeof(BlockHeader) + kBlockRows * sizeof(int64_t) +
           2 * sizeof(int32_t) * (kBlockRows + 1) + kBlockRows * (sizeof(uint32_t) + 1);
  }
  size_t bytes() const { return aligned(index_bytes() + topic_bytes + payload_bytes); }

  // With padding, up to where the next block may begin.
  static constexpr size_t aligned(size_t bytes) {
    return (bytes + PENSTOCK_PADDING + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
  }
};

class Block {
 public:
  // A new block at `offset`; its payloads may take all that is left of the segment.
  // `first` is the position of its first message.
  Block(Segment& segment, size_t offset, size_t topic_bytes, uint64_t first);
  // One that is there, sealed: its header is intact and fits into the segment.
  Block(Segment& segment, size_t offset);

  // Whether an intact header of this segment stands at `offset`, with room for its index.
  static bool stands_at(const Segment& segment, size_t offset);

  // The appending thread.
  bool fits(const penstock_message& message) const;
  void append(const penstock_message& message);
  // Nothing more comes. Returns where the next block may begin.
  size_t seal();

  // Any thread. Rows below `published` are complete and never change.
  uint32_t published() const { return published_.load(std::memory_order_acquire); }
  bool sealed() const { return sealed_.load(std::memory_order_acquire); }
  uint64_t first() const { return first_; }

  const int64_t* received() const { return received_; }
  const int32_t* topic_offsets() const { return topic_offsets_; }
  const int32_t* payload_offsets() const { return payload_offsets_; }
  const char* topics() const { return topics_; }
  const char* payloads() const { return payloads_; }

  // Whether the message of a row is as it was appended.
  bool is_intact(uint32_t row) const;
  SliceState state(uint32_t row) const {
    return slice_state(std::atomic_ref(states_[row]).load(std::memory_order_relaxed));
  }
  // Of the slice that begins at the row.
  void set_state(uint32_t row, SliceState state) {
    std::atomic_ref(states_[row]).store(static_cast<uint8_t>(state), std::memory_order_relaxed);
  }
  // Messages that the header speaks of; true unless a bit has flipped.
  uint32_t noted_rows() const { return header_->rows; }
  // Where the next block begins, as the header has it; 0 if it doesn't say.
  size_t noted_end() const { return header_->bytes == 0 ? 0 : offset_ + header_->bytes; }
  void set_published(uint32_t rows) { published_.store(rows, std::memory_order_release); }

  Segment& segment() const { return segment_; }

  // How many need the block: the intake while it is open or not handed out, every batch
  // that points into it, every range of it that isn't done.
  std::atomic<uint32_t> holders = 1;

 private:
  Block(Segment& segment, size_t offset, size_t topic_bytes);
  uint32_t crc_of(uint32_t row) const;

  Segment& segment_;
  const size_t offset_;
  BlockHeader* header_;
  uint64_t first_ = 0;
  int64_t* received_;
  int32_t* topic_offsets_;
  int32_t* payload_offsets_;
  uint32_t* crcs_;
  uint8_t* states_;
  char* topics_;
  char* payloads_;
  size_t topic_bytes_;
  size_t payload_bytes_;
  std::atomic<uint32_t> published_ = 0;
  std::atomic<bool> sealed_ = false;
};

}  // namespace penstock::engine
