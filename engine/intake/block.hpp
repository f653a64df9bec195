// A block: a message batch in place.
//
// One piece of memory holds, one after the other, the columns that the graph reads, so
// that Arrow arrays point straight into it:
//
//   received  int64 × 1000       µs since 1970
//   topic     int32 × 1001       offsets into the topics
//   payload   int32 × 1001       offsets into the payloads
//   topics    bytes
//   payloads  bytes, then PENSTOCK_PADDING readable ones
//
// One thread appends, another reads what is published; neither takes a lock.
#pragma once

#include <penstock/plugin.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace penstock::engine {

// The most messages of a block, and thereby of a batch handed to the graph.
inline constexpr uint32_t kBlockRows = 1000;

// How the bytes of a block are shared out.
struct BlockShape {
  size_t topic_bytes = 0;
  size_t payload_bytes = 0;

  static constexpr size_t index_bytes() {
    return kBlockRows * sizeof(int64_t) + 2 * sizeof(int32_t) * (kBlockRows + 1);
  }
  size_t bytes() const { return index_bytes() + topic_bytes + payload_bytes + PENSTOCK_PADDING; }
};

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using BlockMemory = std::unique_ptr<char, FreeMemory>;

class Block {
 public:
  // `first` is the position of its first message.
  Block(BlockMemory memory, size_t memory_bytes, BlockShape shape, uint64_t first);

  // The appending thread.
  bool fits(const penstock_message& message) const;
  void append(const penstock_message& message);
  void seal() { sealed_.store(true, std::memory_order_release); }

  // Any thread. Rows below `published` are complete and never change.
  uint32_t published() const { return published_.load(std::memory_order_acquire); }
  bool sealed() const { return sealed_.load(std::memory_order_acquire); }
  uint64_t first() const { return first_; }

  const int64_t* received() const { return received_; }
  const int32_t* topic_offsets() const { return topic_offsets_; }
  const int32_t* payload_offsets() const { return payload_offsets_; }
  const char* topics() const { return topics_; }
  const char* payloads() const { return payloads_; }

  // How many need the block: the intake while it is open or not handed out, every batch
  // that points into it, every range of it that isn't done.
  std::atomic<uint32_t> holders = 1;

  size_t memory_bytes() const { return memory_bytes_; }
  BlockMemory take_memory() { return std::move(memory_); }

 private:
  BlockMemory memory_;
  size_t memory_bytes_;
  BlockShape shape_;
  uint64_t first_;
  int64_t* received_;
  int32_t* topic_offsets_;
  int32_t* payload_offsets_;
  char* topics_;
  char* payloads_;
  std::atomic<uint32_t> published_ = 0;
  std::atomic<bool> sealed_ = false;
};

}  // namespace penstock::engine
