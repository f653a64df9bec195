// Texts for messages, by the bytes of a fuzzer's input: raw ones, and such that pose as records of
// the log, made with all that an insider may know of it but the key of the segment that they go to.
#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "intake/block.hpp"
#include "intake/format_v1.hpp"

// What the fuzzer gives, read from the front; zeros behind its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}

  bool is_empty() const { return at_ == end_; }
  uint8_t byte() { return is_empty() ? uint8_t{0} : *at_++; }
  template <class T>
  T number() {
    T value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | byte());
    return value;
  }
  std::string bytes(size_t count) {
    count = std::min(count, static_cast<size_t>(end_ - at_));
    at_ += count;
    return {at_ - count, at_};
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// What an insider has read in the folder, earlier.
struct Known {
  std::vector<penstock::engine::SegmentLife> lives;  // but that of the open segment
  penstock::engine::Id folder = {};
  uint64_t position = 0;  // of the next message
};

class Poses {
 public:
  Poses(Input& input, const Known& known) : input_(input), known_(known) {}

  // Up to `most` bytes, of pieces.
  std::string text(size_t most) {
    std::string text;
    for (int pieces = input_.byte() % 8; pieces > 0; --pieces) {
      std::string piece = this->piece();
      int times = 1;
      // All places that a record may have, as it is of an even size.
      if (const uint8_t spray = input_.byte(); spray % 4 == 3) {
        piece.append(1 - piece.size() % 2, ' ');
        times = spray / 4 + 1;
      }
      for (; times > 0 && text.size() < most; --times) text += piece;
    }
    text.resize(std::min(text.size(), most));
    return text;
  }

 private:
  std::string piece() {
    switch (input_.byte() % 10) {
      case 0: return input_.bytes(input_.byte() % 65);
      case 1: return fill(size_t{input_.number<uint16_t>()} << input_.byte() % 4);
      case 2: return fill(input_.byte() % 65);
      case 3: return block_header(input_.byte() % 2);
      case 4: return block();
      case 5: return segment_header();
      case 6: return checkpoint();
      case 7: return entry();
      case 8: return block_header_v1();
      default: return index();
    }
  }
  std::string fill(size_t count) {
    constexpr char kUsual[] = {0, 'x', static_cast<char>(0xff), 0x5A};
    const uint8_t which = input_.byte();
    return std::string(count, which < 4 ? kUsual[which] : static_cast<char>(which));
  }

  penstock::engine::SegmentLife life() {
    if (known_.lives.empty()) return {};
    return known_.lives[input_.byte() % known_.lives.size()];
  }
  uint64_t key() {
    constexpr uint64_t kGuesses[] = {0, 1, ~uint64_t{0}};
    const uint8_t which = input_.byte() % 8;
    if (which < 3) return kGuesses[which];
    return which == 3 ? input_.number<uint64_t>() : life().key;
  }
  uint64_t position() {
    constexpr uint64_t kLimit = penstock::engine::kNumberLimit;
    switch (input_.byte() % 8) {
      case 0: return 0;
      case 1: return known_.position;
      case 2: return known_.position + input_.byte();
      case 3: return known_.position - input_.byte();
      case 4: return known_.position + input_.number<uint32_t>();
      case 5: return kLimit - input_.byte();
      case 6: return ~uint64_t{0};
      default: return input_.number<uint64_t>();
    }
  }
  uint32_t size() { return input_.byte() % 2 ? input_.byte() : input_.number<uint32_t>(); }

  // With its CRC right, nearly always.
  template <class T>
  std::string text_of(T& record) {
    record.magic = T::kMagic;
    record.crc = penstock::engine::crc_of(record);
    if (input_.byte() % 16 == 15) record.crc ^= 1;
    return {reinterpret_cast<const char*>(&record), sizeof(record)};
  }
  std::string block_header(uint32_t copy) {
    penstock::engine::BlockHeader header = {};
    header.key = key();
    header.first = position();
    header.topic_bytes = size();
    header.attribute_bytes = input_.byte() % 2 ? 0 : size();
    header.copy = copy;
    header.rows = penstock::engine::ProvenWord::of(size() % 1002);
    header.end = penstock::engine::ProvenWord::of(input_.byte() % 2 ? 0 : size() % 4096);
    return text_of(header);
  }
  // The arrays of a block with rows of a topic of one byte; in all its states one byte.
  std::string index() {
    using namespace penstock::engine;
    const uint32_t rows = input_.number<uint16_t>() % (kBlockRows + 1);
    const uint8_t state = input_.byte();
    std::string text(kBlockHeaderCopy - sizeof(BlockHeader), '\0');
    const uint64_t first = position(), key = this->key();
    for (uint32_t row = 0; row < rows; ++row) {
      const auto offset = static_cast<int32_t>(row + 1);
      std::memcpy(text.data() + 8 * kBlockRows + 4 * offset, &offset, 4);
      const uint64_t place[5] = {first + row, 0, uint64_t{1} << 32, key, 0};
      const uint32_t crc = crc32c(crc32c(0, place, sizeof(place)), "x", 1);
      std::memcpy(text.data() + 16 * kBlockRows + 8 + 4 * row, &crc, 4);
    }
    std::memset(text.data() + 25 * kBlockRows + 8, state, kBlockRows);
    return text;
  }
  std::string block() {
    std::string text = block_header(0);
    text += index();
    text += block_header(1);
    return text.append(penstock::engine::kBlockRows, 'x');
  }
  std::string block_header_v1() {
    penstock::engine::v1::BlockHeader header = {};
    header.segment = input_.byte() % 2 ? key() : life().number;
    header.first = position();
    header.topic_bytes = size();
    header.rows = size();
    header.bytes = size();
    return text_of(header);
  }
  std::string segment_header() {
    penstock::engine::SegmentHeader header = {};
    header.version = input_.byte() % 4;
    header.bytes = size();
    header.number = life().number;
    header.number += input_.byte() % 4;
    header.first = position();
    header.key = key();
    header.intake = life().intake;
    return text_of(header);
  }
  std::string checkpoint() {
    penstock::engine::CheckpointPage page = {};
    page.version = input_.byte() % 4;
    page.intake = known_.folder;
    page.watermark = penstock::engine::ProvenNumber::of(position());
    page.appended = penstock::engine::ProvenNumber::of(position());
    return text_of(page);
  }
  std::string entry() {
    penstock::engine::SegmentEntry entry = {};
    entry.file = input_.byte();
    entry.number = life().number;
    entry.first = position();
    entry.key = key();
    entry.intake = life().intake;
    entry.version = penstock::engine::kFormatVersion;
    entry.end = penstock::engine::ProvenNumber::of(position());
    return text_of(entry);
  }

  Input& input_;
  const Known& known_;
};
