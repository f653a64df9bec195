// How the log lies on disk, version 1. Numbers are little-endian. A memory intake has the same
// form in anonymous memory.
//
//   FOLDER/lock          held by the process that owns the folder; its pid
//   FOLDER/checkpoint    one CheckpointPage
//   FOLDER/N.segment     SegmentHeader twice (at 0 and at kHeaderCopy), then blocks from
//   kFirstBlock
//
// A block lies at a multiple of kBlockAlignment:
//
//   BlockHeader
//   received  int64 × 1000       µs since 1970
//   topic     int32 × 1001       offsets into the topics
//   payload   int32 × 1001       offsets into the payloads
//   crc       uint32 × 1000      CRC32C of position, received, sizes, topic and payload
//   state     uint8 × 1000       SliceState of the slice that begins at that row
//   topics    bytes
//   payloads  bytes, then PENSTOCK_PADDING readable ones
//
// Nothing is trusted that a flipped bit could have changed: headers and messages have their CRC,
// a slice state is one of three that differ in four bits or more, a count is checked against the
// messages, and a block whose header is bad is passed by looking for the next.
#pragma once

#include <penstock/plugin.h>

#include <array>
#include <bit>
#include <cstdint>

#include "intake/crc32c.hpp"

namespace penstock::engine {

static_assert(std::endian::native == std::endian::little, "the log is little-endian");

inline constexpr uint32_t kFormatVersion = 1;

// The most messages of a block, and thereby of a batch handed to the graph.
inline constexpr uint32_t kBlockRows = 1000;

inline constexpr size_t kBlockAlignment = 64;
inline constexpr size_t kHeaderCopy = 2048;
inline constexpr size_t kFirstBlock = 4096;

using Id = std::array<uint8_t, 16>;

// Positions and numbers of segments stay below this; one that does not was made by hand.
inline constexpr uint64_t kNumberLimit = uint64_t{1} << 62;

// Structs that end with a CRC of all before it.
template <class T>
uint32_t crc_of(const T& record) {
  return crc32c(0, &record, offsetof(T, crc));
}
template <class T>
bool is_intact(const T& record) {
  return record.magic == T::kMagic && record.crc == crc_of(record);
}

struct SegmentHeader {
  static constexpr uint64_t kMagic = 0x3147'4553'4B54'4E50;  // "PNTKSEG1"

  uint64_t magic;
  uint32_t version;
  uint32_t unused;
  uint64_t bytes;   // of the file
  uint64_t number;  // one more than the segment's before; set anew each time that it is used
  uint64_t first;   // position of its first message
  Id intake;
  char pipeline[256];  // ends with NUL, cut if longer
  char source[256];
  uint32_t crc;
};

struct BlockHeader {
  static constexpr uint64_t kMagic = 0x314B'4C42'4B54'4E50;  // "PNTKBLK1"

  // Written once.
  uint64_t magic;
  uint64_t segment;      // the segment's number
  uint64_t first;        // position of its first message
  uint32_t topic_bytes;  // room for topics; the payloads follow
  uint32_t crc;
  // Hints, which change.
  uint32_t rows;  // messages so far
  uint32_t unused;
  uint64_t bytes;  // where the next block begins, from here; 0 as long as it is open
};

enum class SliceState : uint8_t {
  kNone = 0x00,    // no slice begins here
  kBegins = 0x5A,  // a slice begins here
  kDone = 0xA5,    // and everything made of it is stored, or rejected and kept
};

// The nearest state, should a bit be wrong.
inline SliceState slice_state(uint8_t byte) {
  for (const SliceState state : {SliceState::kNone, SliceState::kBegins, SliceState::kDone}) {
    if (std::popcount(static_cast<uint8_t>(byte ^ static_cast<uint8_t>(state))) <= 1) return state;
  }
  return SliceState::kBegins;
}

// A number that is written while the process may die, and proves that it was written whole.
struct ProvenNumber {
  uint64_t number;
  uint64_t inverse;

  bool holds() const { return number == ~inverse && number < kNumberLimit; }
};

struct CheckpointPage {
  static constexpr uint64_t kMagic = 0x3150'4843'4B54'4E50;  // "PNTKCHP1"

  uint64_t magic;
  uint32_t version;
  uint32_t unused;
  Id intake;  // of the folder, for ever
  Id boot;    // of the machine, when the folder was last opened
  char pipeline[256];
  char source[256];
  uint32_t crc;
  uint32_t unused2;
  ProvenNumber watermark;  // everything below is done
  ProvenNumber appended;   // the position after the last message
};

}  // namespace penstock::engine
