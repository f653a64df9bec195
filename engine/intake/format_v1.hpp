// Version 1 of the log, as it is still read: a segment's key was its number, headers stood once,
// and rows had neither identifier nor flags.
//
//   BlockHeader, received, topic, payload, crc, state, topics, payloads
#pragma once

#include "intake/format.hpp"

namespace penstock::engine::v1 {

struct SegmentHeader {
  static constexpr uint64_t kMagic = 0x3147'4553'4B54'4E50;  // "PNTKSEG1"

  uint64_t magic;
  uint32_t version;
  uint32_t unused;
  uint64_t bytes;
  uint64_t number;
  uint64_t first;
  Id intake;
  char pipeline[256];
  char source[256];
  uint32_t crc;
};

struct BlockHeader {
  static constexpr uint64_t kMagic = 0x314B'4C42'4B54'4E50;  // "PNTKBLK1"

  uint64_t magic;
  uint64_t segment;  // its number
  uint64_t first;
  uint32_t topic_bytes;
  uint32_t crc;
  uint32_t rows;
  uint32_t unused;
  uint64_t bytes;  // where the next block begins, from here; 0 as long as it is open
};

}  // namespace penstock::engine::v1
