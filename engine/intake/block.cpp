#include "intake/block.hpp"

#include <algorithm>
#include <cstring>

#include "intake/format_v1.hpp"

namespace penstock::engine {
namespace {

constexpr uint32_t kFirstVersion = 1;

// What stands at `offset`, where there is room for it.
template <class T>
T read(const Segment& segment, size_t offset) {
  T record;
  std::memcpy(&record, segment.at(offset), sizeof(record));
  return record;
}

std::optional<FoundHeader> found_v1(const Segment& segment, size_t offset) {
  const auto header = read<v1::BlockHeader>(segment, offset);
  if (!is_intact(header) || header.segment != segment.life().key) return std::nullopt;
  return FoundHeader{offset,
                     header.first,
                     header.topic_bytes,
                     0,
                     std::min(header.rows, kBlockRows),
                     header.bytes == 0 ? 0 : offset + header.bytes};
}

std::optional<FoundHeader> found_v2(const Segment& segment, size_t offset) {
  const auto hints = read<BlockHeader>(segment, offset);
  for (const size_t copy : {size_t{0}, kBlockHeaderCopy}) {
    const auto header = read<BlockHeader>(segment, offset + copy);
    if (!is_intact(header) || header.key != segment.life().key || header.copy != (copy != 0)) {
      continue;
    }
    FoundHeader found{offset, header.first, header.topic_bytes, header.attribute_bytes, {}, 0};
    if (hints.rows.holds() && hints.rows.number() <= kBlockRows) found.rows = hints.rows.number();
    if (hints.end.holds()) found.end = offset + size_t{hints.end.number()} * kBlockAlignment;
    if (found.end == offset) found.end = 0;
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FoundHeader> FoundHeader::at(const Segment& segment, size_t offset) {
  const uint32_t version = segment.life().version;
  if (version == 0 || offset + BlockShape{}.bytes() > segment.bytes()) return std::nullopt;
  const bool is_v1 = version == kFirstVersion;
  std::optional<FoundHeader> found = is_v1 ? found_v1(segment, offset) : found_v2(segment, offset);
  if (!found || found->first >= kNumberLimit) return std::nullopt;
  const BlockShape least{found->topic_bytes, found->attribute_bytes, 0};
  if (offset + least.bytes() > segment.bytes()) return std::nullopt;
  if (found->end < offset + BlockShape{}.bytes() || found->end > segment.bytes()) found->end = 0;
  return found;
}

Block::Block(Segment& segment, size_t offset, const BlockShape& shape, uint32_t version)
    : segment_(segment),
      offset_(offset),
      topic_bytes_(shape.topic_bytes),
      attribute_bytes_(shape.attribute_bytes) {
  char* at = segment.at(offset);
  const auto take = [&]<class T>(T*& array, size_t count) {
    array = reinterpret_cast<T*>(at);
    at += sizeof(T) * count;
  };
  if (version == kFirstVersion) at += sizeof(v1::BlockHeader);
  else take(header_, 1);
  take(received_, kBlockRows);
  take(topic_offsets_, kBlockRows + 1);
  take(payload_offsets_, kBlockRows + 1);
  take(crcs_, kBlockRows);
  if (version != kFirstVersion) {
    take(identifiers_, kBlockRows);
    take(flags_, kBlockRows);
  }
  take(states_, kBlockRows);
  if (version != kFirstVersion) at = segment.at(offset + kBlockHeaderCopy + sizeof(BlockHeader));
  if (attribute_bytes_ > 0) take(attribute_offsets_, kBlockRows + 1);
  take(topics_, topic_bytes_);
  take(attributes_, attribute_bytes_);
  payloads_ = at;
  const auto used = static_cast<size_t>(at - segment.at(0)) + PENSTOCK_PADDING;
  payload_bytes_ = std::min<size_t>(segment.bytes() - used, INT32_MAX);
  segment.holders.fetch_add(1, std::memory_order_relaxed);
}

Block::Block(Segment& segment, size_t offset, const BlockShape& shape, uint64_t first)
    : Block(segment, offset, shape, kFormatVersion) {
  first_ = first;
  topic_offsets_[0] = 0;
  payload_offsets_[0] = 0;
  if (attribute_offsets_) attribute_offsets_[0] = 0;
  std::memset(states_, 0, kBlockRows);
  BlockHeader header = {};
  header.magic = BlockHeader::kMagic;
  header.key = segment.life().key;
  header.first = first;
  header.topic_bytes = static_cast<uint32_t>(topic_bytes_);
  header.attribute_bytes = static_cast<uint32_t>(attribute_bytes_);
  header.rows = header.end = ProvenWord::of(0);
  header.crc = engine::crc_of(header);
  std::memcpy(header_, &header, sizeof(header));
  header.copy = 1;
  header.crc = engine::crc_of(header);
  std::memcpy(segment.at(offset + kBlockHeaderCopy), &header, sizeof(header));
}

Block::Block(Segment& segment, const FoundHeader& found)
    : Block(segment, found.offset, BlockShape{found.topic_bytes, found.attribute_bytes, 0},
            segment.life().version) {
  first_ = found.first;
  sealed_ = true;
}

bool Block::fits(const penstock_source_message& message) const {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  if (row == kBlockRows) return false;
  const auto topic_end = static_cast<size_t>(topic_offsets_[row]) + message.topic.size;
  const auto payload_end = static_cast<size_t>(payload_offsets_[row]) + message.payload.size;
  const size_t attribute_end =
      (attribute_offsets_ ? static_cast<size_t>(attribute_offsets_[row]) : 0) +
      message.attributes.size;
  return topic_end <= topic_bytes_ && payload_end <= payload_bytes_ &&
         attribute_end <= attribute_bytes_;
}

void Block::append(const penstock_source_message& message) {
  const uint32_t row = published_.load(std::memory_order_relaxed);
  const auto put = [row](char* bytes, int32_t* offsets, const penstock_text& text) {
    std::memcpy(bytes + offsets[row], text.data, text.size);
    offsets[row + 1] = offsets[row] + static_cast<int32_t>(text.size);
  };
  received_[row] = message.received_us;
  put(topics_, topic_offsets_, message.topic);
  put(payloads_, payload_offsets_, message.payload);
  if (attribute_offsets_) put(attributes_, attribute_offsets_, message.attributes);
  identifiers_[row] = message.identifier;
  flags_[row] = static_cast<uint8_t>(message.flags & (kMessageRetained | kMessageDuplicate));
  if (segment_.is_file()) {
    crcs_[row] = crc_of(row);
    header_->rows = ProvenWord::of(row + 1);
  }
  published_.store(row + 1, std::memory_order_release);
}

std::string_view Block::attributes(uint32_t row) const {
  if (!attribute_offsets_) return {};
  return {attributes_ + attribute_offsets_[row],
          static_cast<size_t>(attribute_offsets_[row + 1] - attribute_offsets_[row])};
}

uint32_t Block::crc_of(uint32_t row) const {
  const auto size = [row](const int32_t* offsets) {
    return static_cast<uint32_t>(offsets[row + 1] - offsets[row]);
  };
  const uint32_t topic_size = size(topic_offsets_), payload_size = size(payload_offsets_);
  const uint64_t place[3] = {first_ + row, static_cast<uint64_t>(received_[row]),
                             uint64_t{topic_size} << 32 | payload_size};
  uint32_t crc = crc32c(0, place, sizeof(place));
  if (identifiers_) {
    // With the key: what messages of an earlier use of the segment left is no row of this one.
    const uint64_t more[2] = {segment_.life().key, uint64_t{identifiers_[row]} << 8 | flags_[row]};
    crc = crc32c(crc, more, sizeof(more));
  }
  crc = crc32c(crc, topics_ + topic_offsets_[row], topic_size);
  crc = crc32c(crc, payloads_ + payload_offsets_[row], payload_size);
  if (!attribute_offsets_) return crc;
  const std::string_view attributes = this->attributes(row);
  const uint64_t attribute_size = attributes.size();
  crc = crc32c(crc, &attribute_size, sizeof(attribute_size));
  return crc32c(crc, attributes.data(), attributes.size());
}

bool Block::is_intact(uint32_t row) const {
  const auto in_order = [&](const int32_t* offsets, size_t bytes) {
    return offsets[row] >= 0 && offsets[row] <= offsets[row + 1] &&
           static_cast<size_t>(offsets[row + 1]) <= bytes;
  };
  return in_order(topic_offsets_, topic_bytes_) && in_order(payload_offsets_, payload_bytes_) &&
         (!attribute_offsets_ || in_order(attribute_offsets_, attribute_bytes_)) &&
         crcs_[row] == crc_of(row);
}

size_t Block::seal() {
  const uint32_t rows = published_.load(std::memory_order_relaxed);
  const BlockShape shape{topic_bytes_, attribute_bytes_,
                         static_cast<size_t>(payload_offsets_[rows])};
  header_->end = ProvenWord::of(static_cast<uint32_t>(shape.bytes() / kBlockAlignment));
  const size_t end = offset_ + shape.bytes();
  // The last access: as soon as it is sealed the reader may free it.
  sealed_.store(true, std::memory_order_release);
  return end;
}

}  // namespace penstock::engine
