// Any bytes in a segment file that an earlier process left: what is dispatched is whole, and the
// intake goes on. Two kinds of input, by the first byte: the bytes of a segment as they are, with
// their checksums set right if asked for, so that what lies behind these is reached; or changes to
// a segment that an intake has written.
#include <penstock/columns.hpp>
#include <penstock/context.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "intake/intake.hpp"
#include "require.hpp"
#include "temporary_folder.hpp"

using namespace penstock;
using namespace penstock::engine;

namespace {

constexpr size_t kSegmentBytes = 256 << 10;
constexpr const char* kSegmentName = "/00000001.segment";

BufferOptions options(const std::string& path) {
  BufferOptions buffer;
  buffer.type = BufferType::kDisk;
  buffer.path = path;
  buffer.max_bytes = {4 << 20};
  buffer.segment_bytes = {kSegmentBytes};
  return buffer;
}

class Life {
 public:
  explicit Life(const std::string& path) : intake_(options(path), pump_) {
    auto opened = intake_.open({"pipeline", "source"}, [](const std::string&) {});
    opened_ = opened.has_value();
    if (opened) found_ = std::move(*opened);
    REQUIRE(opened || !opened.error().empty());
  }
  ~Life() {
    for (Slice& slice : slices_) slice.messages.release(&slice.messages);
  }

  bool opened() const { return opened_; }
  const Intake::Found& found() const { return found_; }
  uint64_t appended() const { return intake_.appended(); }
  bool append(std::string_view payload) {
    const penstock_source_message message = source_message("topic", payload, 7);
    return intake_.writer().append({&message, 1}, false, nullptr) == 1;
  }
  // Reads every byte of what there is. Returns how many messages, and the last payload.
  uint64_t take_all(std::string& last) {
    uint64_t count = 0;
    while (intake_.reader().available() > 0) {
      slices_.push_back(intake_.reader().take(kBlockRows));
      const Slice& slice = slices_.back();
      REQUIRE(slice.messages.length > 0 && slice.messages.length <= kBlockRows);
      REQUIRE(slice.range->rows == slice.messages.length);
      count += slice.range->rows;
      const TextColumn topic(*slice.messages.children[0]), payload(*slice.messages.children[1]);
      const FixedColumn<int64_t> received(*slice.messages.children[2]);
      uint32_t crc = 0;
      for (int64_t row = 0; row < slice.messages.length; ++row) {
        const int64_t when = received[row];
        crc = crc32c(crc, topic[row].data(), topic[row].size());
        crc = crc32c(crc, payload[row].data(), payload[row].size() + PENSTOCK_PADDING);
        crc = crc32c(crc, &when, sizeof(when));
        last = payload[row];
      }
      checksum_ ^= crc;
    }
    return count;
  }
  // Of all that was read, which says nothing but that it was.
  uint32_t checksum() const { return checksum_; }
  void finish() {
    for (const Slice& slice : slices_) intake_.ranges().done(slice.range);
  }

 private:
  Wakeup pump_;
  Intake intake_;
  Intake::Found found_;
  bool opened_ = false;
  std::vector<Slice> slices_;
  uint32_t checksum_ = 0;
};

// A folder with one segment that has messages, some of them done.
struct Written {
  TemporaryFolder folder;
  std::string segment, checkpoint;

  Written() {
    {
      Life life(folder.path());
      for (int i = 0; i < 40; ++i) life.append(std::to_string(i) + std::string(i % 7, '.'));
      std::string last;
      life.take_all(last);
      life.finish();
      for (int i = 0; i < 30; ++i) life.append(std::to_string(i) + std::string(i % 5, '.'));
      life.take_all(last);
      life.append("not dispatched");
    }
    segment = read(folder.path() + kSegmentName);
    checkpoint = read(folder.path() + "/checkpoint");
    REQUIRE(segment.size() == kSegmentBytes);
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

template <class T>
void put_right(std::string& bytes, size_t offset) {
  T record;
  std::memcpy(&record, bytes.data() + offset, sizeof(record));
  record.magic = T::kMagic;
  record.crc = engine::crc_of(record);
  std::memcpy(bytes.data() + offset, &record, sizeof(record));
}

// The segment that the input speaks of.
std::string segment_of(const uint8_t* data, size_t size, const Written& written) {
  const uint8_t kind = data[0];
  std::string bytes;
  if (kind & 1) {
    bytes.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
    // Of any size, but mostly as large as one is.
    if (kind & 2) bytes.resize(kSegmentBytes);
  } else {
    // Each change: where (two bytes, in steps of 4), how many bytes, these bytes.
    bytes = written.segment;
    for (size_t at = 1; at + 3 < size;) {
      const size_t offset = (data[at] << 8 | data[at + 1]) * size_t{4};
      const size_t count = std::min<size_t>({data[at + 2] % 64 + 1u, size - at - 3,
                                             offset < bytes.size() ? bytes.size() - offset : 0});
      std::memcpy(bytes.data() + offset, data + at + 3, count);
      at += 3 + std::max<size_t>(count, 1);
    }
  }
  if ((kind & 4) && bytes.size() >= kFirstBlock) {
    SegmentHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    SegmentHeader known;
    std::memcpy(&known, written.segment.data(), sizeof(known));
    header.intake = known.intake;
    header.version = known.version;
    std::memcpy(bytes.data(), &header, sizeof(header));
    put_right<SegmentHeader>(bytes, 0);
  }
  if ((kind & 8) && bytes.size() >= kFirstBlock + sizeof(BlockHeader)) {
    BlockHeader block;
    std::memcpy(&block, bytes.data() + kFirstBlock, sizeof(block));
    SegmentHeader header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    block.key = header.key;
    std::memcpy(bytes.data() + kFirstBlock, &block, sizeof(block));
    put_right<BlockHeader>(bytes, kFirstBlock);
  }
  return bytes;
}

// With two numbers of the input's end, if it asks for that.
std::string checkpoint_of(const uint8_t* data, size_t size, const Written& written) {
  if (!(data[0] & 16) || size < 17) return written.checkpoint;
  CheckpointPage page;
  std::memcpy(&page, written.checkpoint.data(), sizeof(page));
  for (ProvenNumber* number : {&page.watermark, &page.appended}) {
    std::memcpy(&number->number, data + size - (number == &page.watermark ? 16 : 8), 8);
    number->inverse = ~number->number;
  }
  std::string bytes = written.checkpoint;
  std::memcpy(bytes.data(), &page, sizeof(page));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  static const Written written;
  static const TemporaryFolder folder;
  std::filesystem::remove_all(folder.path());
  std::filesystem::create_directory(folder.path());
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::ofstream(folder.path() + name, std::ios::binary) << bytes;
  };
  write("/checkpoint", checkpoint_of(data, size, written));
  write(kSegmentName, segment_of(data, size, written));

  uint64_t left = 0;
  {
    Life life(folder.path());
    if (!life.opened()) return 0;
    std::string last;
    REQUIRE(life.take_all(last) == life.found().messages);
    REQUIRE(life.append("new"));
    REQUIRE(life.take_all(last) == 1 && last == "new");
    left = life.found().messages + 1;
  }
  // Nothing of it was done, so all of it comes again.
  Life life(folder.path());
  REQUIRE(life.opened());
  std::string last;
  REQUIRE(life.found().messages == left);
  REQUIRE(life.take_all(last) == left && last == "new");
  return 0;
}
