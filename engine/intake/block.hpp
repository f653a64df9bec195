// A block: a message batch in place, in a segment (format.hpp has its layout), so that Arrow
// arrays point straight into it. One thread appends, another reads what is published; neither
// takes a lock.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "intake/segment.hpp"

namespace penstock::engine {

// What a block asks of its segment.
struct BlockShape {
  size_t topic_bytes = 0;
  size_t attribute_bytes = 0;
  size_t payload_bytes = 0;

  // Of all before the topics.
  size_t index_bytes() const {
    return kBlockHeaderCopy + sizeof(BlockHeader) +
           (attribute_bytes > 0 ? sizeof(int32_t) * (kBlockRows + 1) : 0);
  }
  size_t bytes() const {
    return aligned(index_bytes() + topic_bytes + attribute_bytes + payload_bytes);
  }

  // With padding, up to where the next block may begin.
  static constexpr size_t aligned(size_t bytes) {
    return (bytes + PENSTOCK_PADDING + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
  }
};

// The header of a block as it was found, of either version.
struct FoundHeader {
  size_t offset = 0;
  uint64_t first = 0;
  uint32_t topic_bytes = 0;
  uint32_t attribute_bytes = 0;
  std::optional<uint32_t> rows;  // messages that the header speaks of
  size_t end = 0;                // where the next block begins; 0: it doesn't say

  // The intact header of this segment's life that stands at `offset`, with room for its index.
  static std::optional<FoundHeader> at(const Segment& segment, size_t offset);
};

class Block {
 public:
  // A new block at `offset`; its payloads may take all that is left of the segment.
  // `first` is the position of its first message.
  Block(Segment& segment, size_t offset, const BlockShape& shape, uint64_t first);
  // One that is there, sealed.
  Block(Segment& segment, const FoundHeader& found);

  // The appending thread.
  bool fits(const penstock_source_message& message) const;
  void append(const penstock_source_message& message);
  // Nothing more comes. Returns where the next block may begin. The appending thread may not touch
  // the block any more, unless it holds it.
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
  const int32_t* attribute_offsets() const { return attribute_offsets_; }  // null: there are none
  const char* attributes() const { return attributes_; }
  std::string_view attributes(uint32_t row) const;  // JSON; empty: none
  // Of the first `rows`, together.
  size_t attribute_bytes(uint32_t rows) const {
    return attribute_offsets_ ? static_cast<size_t>(attribute_offsets_[rows]) : 0;
  }
  uint32_t identifier(uint32_t row) const { return identifiers_ ? identifiers_[row] : 0; }
  uint8_t flags(uint32_t row) const { return flags_ ? flags_[row] : 0; }  // MessageFlags

  // Whether the message of a row is as it was appended.
  bool is_intact(uint32_t row) const;
  SliceState state(uint32_t row) const {
    return slice_state(std::atomic_ref(states_[row]).load(std::memory_order_relaxed));
  }
  // Of the slice that begins at the row.
  void set_state(uint32_t row, SliceState state) {
    std::atomic_ref(states_[row]).store(static_cast<uint8_t>(state), std::memory_order_relaxed);
  }
  void set_published(uint32_t rows) { published_.store(rows, std::memory_order_release); }

  Segment& segment() const { return segment_; }

  // How many need the block: the intake while it is open or not dispatched, every batch
  // that points into it, every range of it that isn't done.
  std::atomic<uint32_t> holders = 1;

 private:
  Block(Segment& segment, size_t offset, const BlockShape& shape, uint32_t version);
  uint32_t crc_of(uint32_t row) const;

  Segment& segment_;
  const size_t offset_;
  BlockHeader* header_ = nullptr;  // version 2
  uint64_t first_ = 0;
  int64_t* received_;
  int32_t* topic_offsets_;
  int32_t* payload_offsets_;
  int32_t* attribute_offsets_ = nullptr;
  uint32_t* crcs_;
  uint32_t* identifiers_ = nullptr;
  uint8_t* flags_ = nullptr;
  uint8_t* states_;
  char* topics_;
  char* attributes_ = nullptr;
  char* payloads_;
  size_t topic_bytes_;
  size_t attribute_bytes_;
  size_t payload_bytes_;
  std::atomic<uint32_t> published_ = 0;
  std::atomic<bool> sealed_ = false;
};

}  // namespace penstock::engine
