// How the log lies on disk, version 2 (version 1: format_v1.hpp). Numbers are little-endian. A
// memory intake has the same form in anonymous memory.
//
//   FOLDER/lock          held by the process that owns the folder; its pid
//   FOLDER/checkpoint    CheckpointPage, then from kFirstEntry on a SegmentEntry for each segment
//                        in use
//   FOLDER/NAME.kept     what the source keeps for itself (kept_file.hpp)
//   FOLDER/N.segment     SegmentHeader twice (at 0 and at kHeaderCopy), then blocks from
//                        kFirstBlock on
//
// A block lies at a multiple of kBlockAlignment:
//
//   BlockHeader
//   received    int64 × 1000     µs since 1970
//   topic       int32 × 1001     offsets into the topics
//   payload     int32 × 1001     offsets into the payloads
//   crc         uint32 × 1000    CRC32C of position, received, sizes, key, flags, identifier, bytes
//   identifier  uint32 × 1000    the source's own name of the message, 0: none
//   flags       uint8 × 1000     MessageFlags
//   state       uint8 × 1000     SliceState of the slice that begins at that row
//   BlockHeader                  once more, at kBlockHeaderCopy
//   attribute   int32 × 1001     offsets into the attributes, where the block has room for them
//   topics      bytes
//   attributes  bytes
//   payloads    bytes, then PENSTOCK_PADDING readable ones
//
// Nothing is trusted that a flipped bit could have changed: headers stand twice, headers and
// messages have their CRC, numbers that change are written with their complement, a slice state is
// one of three that differ in four bits or more. Nothing is trusted that a publisher could have
// written: each segment's life has a random key, which its blocks repeat and the CRCs of its
// messages cover, so that no payload poses as a block, and rows of an earlier life pass with a
// chance of 2^-32.
#pragma once

#include <penstock/plugin.h>

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include "intake/crc32c.hpp"

namespace penstock::engine {

static_assert(std::endian::native == std::endian::little, "the log is little-endian");

inline constexpr uint32_t kFormatVersion = 2;

// The most messages of a block, and thereby of a batch handed to the graph.
inline constexpr uint32_t kBlockRows = 1000;

inline constexpr size_t kBlockAlignment = 64;
inline constexpr size_t kHeaderCopy = 2048;
inline constexpr size_t kFirstBlock = 4096;
inline constexpr size_t kFirstEntry = 4096;

using Id = std::array<uint8_t, 16>;
// As people write it: 32 hexadecimal digits.
std::string id_text(const Id& id);

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

// A number that is written while the process may die, and proves that it was written whole.
struct ProvenNumber {
  uint64_t number;
  uint64_t inverse;

  static ProvenNumber of(uint64_t number) { return {number, ~number}; }
  bool holds() const { return number == ~inverse && number < kNumberLimit; }
  // In a mapped file. A process that dies between the two leaves a number that doesn't hold.
  void set(uint64_t value) {
    std::atomic_ref(number).store(value, std::memory_order_relaxed);
    std::atomic_ref(inverse).store(~value, std::memory_order_relaxed);
  }
};
// The same in one word, which is written at once.
struct ProvenWord {
  uint64_t word;

  static ProvenWord of(uint32_t number) { return {uint64_t{~number} << 32 | number}; }
  bool holds() const { return static_cast<uint32_t>(word) == ~static_cast<uint32_t>(word >> 32); }
  uint32_t number() const { return static_cast<uint32_t>(word); }
};

struct SegmentHeader {
  static constexpr uint64_t kMagic = 0x3247'4553'4B54'4E50;  // "PNTKSEG2"

  uint64_t magic;
  uint32_t version;
  uint32_t unused;
  uint64_t bytes;      // of the file
  uint64_t number;     // one more than the segment's before; set anew each time that it is used
  uint64_t first;      // position of its first message
  uint64_t key;        // random, drawn each time that it is used
  Id intake;           // of the run that appended its messages
  char pipeline[256];  // ends with NUL, cut if longer
  char source[256];
  uint32_t crc;
};

struct BlockHeader {
  static constexpr uint64_t kMagic = 0x324B'4C42'4B54'4E50;  // "PNTKBLK2"

  // Written once.
  uint64_t magic;
  uint64_t key;              // the segment's
  uint64_t first;            // position of its first message
  uint32_t topic_bytes;      // room for topics
  uint32_t attribute_bytes;  // room for attributes; the payloads follow
  uint32_t copy;             // 1: the second
  uint32_t crc;
  // What changes; in the second unused.
  ProvenWord rows;  // messages so far
  ProvenWord end;   // where the next block begins, in kBlockAlignment from here; 0: it is open
};

// Behind the arrays that every block has.
inline constexpr size_t kBlockHeaderCopy =
    (sizeof(BlockHeader) + kBlockRows * (sizeof(int64_t) + 2 * sizeof(uint32_t) + 2) +
     2 * sizeof(int32_t) * (kBlockRows + 1) + alignof(BlockHeader) - 1) /
    alignof(BlockHeader) * alignof(BlockHeader);

// What a row is besides its bytes.
enum MessageFlags : uint8_t {
  kMessageRetained = 0x01,   // the sender had kept it: older than the source's subscription
  kMessageDuplicate = 0x02,  // the source was told that it may have come before
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

// A run that has appended here: the random part of its id (run_id), 0: there is none; and the
// position of its first message.
struct NotedRun {
  uint32_t random;
  uint32_t unused;
  uint64_t first;
};
// How many a folder remembers: those that may still have entries in a sink's ledger.
inline constexpr size_t kRunsKept = 128;

// Positions that no intact block has, from `first` up to `end`.
struct Gap {
  ProvenNumber first, end;

  bool holds() const { return first.holds() && end.holds(); }
};
inline constexpr size_t kGapsKept = 32;

struct CheckpointPage {
  static constexpr uint64_t kMagic = 0x3150'4843'4B54'4E50;  // "PNTKCHP1"

  uint64_t magic;
  uint32_t version;
  uint32_t unused;
  Id intake;  // of the folder, for ever (run_id)
  Id boot;    // of the machine, when the folder was last opened
  char pipeline[256];
  char source[256];
  uint32_t crc;
  uint32_t unused2;
  ProvenNumber watermark;  // everything below is done
  ProvenNumber appended;   // the position after the last message
  // Since version 2.
  ProvenNumber runs;               // processes that have appended here
  NotedRun noted_runs[kRunsKept];  // each at its number % kRunsKept
  // Unreported damaged messages × 2, plus 1 while they are being marked.
  ProvenWord unreported;
  ProvenNumber synced;  // of `appended`, what the disk has; 0: durability is not "machine"
  Gap gaps[kGapsKept];  // those that are counted, as damage that cannot be marked
};
static_assert(sizeof(CheckpointPage) <= kFirstEntry);

// A segment in use, noted apart from it: where its own headers are lost, or the file, what was in
// it is found or counted all the same.
struct SegmentEntry {
  static constexpr uint64_t kMagic = 0x3245'4753'4B54'4E50;  // "PNTKSGE2"

  uint64_t magic;
  uint64_t file;  // N of its name
  uint64_t number;
  uint64_t first;
  uint64_t key;
  Id intake;
  uint32_t version;
  uint32_t crc;
  ProvenNumber end;  // position after its last message; 0: it is appended to
};
inline constexpr size_t kMostEntries = 4096;

// Under which the messages of one run are known, to the end of time: the folder's first half, the
// number of the run, and four random bytes. So no copy of a folder, nor one that was put back from
// a backup, gives a new message a name that another one had.
inline constexpr size_t kFolderBytes = 8;
inline Id run_id(const Id& folder, uint32_t run, uint32_t random) {
  Id id = folder;
  for (int i = 0; i < 4; ++i) {
    id[kFolderBytes + i] = static_cast<uint8_t>(run >> (24 - 8 * i));
    id[kFolderBytes + 4 + i] = static_cast<uint8_t>(random >> (24 - 8 * i));
  }
  return id;
}
inline uint32_t run_number(const Id& run) {
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | run[kFolderBytes + i];
  return number;
}

}  // namespace penstock::engine
