#include "copy_encoder.hpp"

#include <bit>
#include <cstring>

namespace timescale_sink {
namespace {

constexpr int64_t kUsFrom1970To2000 = 946'684'800'000'000;
constexpr char kSignature[] = "PGCOPY\n\377\r\n";  // and the 0 that ends the literal
constexpr char kJsonbVersion = 1;

template <class T>
T big_endian(T value) {
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

// Writes without checks; the caller has made room.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}

  template <class T>
  void number(T value) {
    value = big_endian(value);
    std::memcpy(at_, &value, sizeof(value));
    at_ += sizeof(value);
  }
  template <class T>
  void field(T value) {
    number(static_cast<int32_t>(sizeof(value)));
    number(value);
  }
  void text(std::string_view value) {
    number(static_cast<int32_t>(value.size()));
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  void jsonb(std::string_view value) {
    number(static_cast<int32_t>(value.size() + 1));
    *at_++ = kJsonbVersion;
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  void null() { number(int32_t{-1}); }
  char* at() const { return at_; }

 private:
  char* at_;
};

}  // namespace

int64_t timestamptz(int64_t us_since_1970) { return us_since_1970 - kUsFrom1970To2000; }

PointReader::PointReader(const penstock::Batch& batch, const ChunkChoice& chunks,
                         const RowFindings& findings)
    : batch_(batch), chunks_(chunks), findings_(findings) {
  for (size_t i = 0; i < std::size(kColumns); ++i) columns_[i] = batch.column(kColumns[i]);
}

namespace {

template <bool kStaged>
void encode(const PointReader& points, penstock::Buffer<char>& to) {
  // Count, lengths, fixed fields.
  constexpr size_t kFixedBytes = 2 + 6 * 4 + 8 + 8 + 2 + 1 + (kStaged ? 4 + 4 : 0);
  constexpr auto kFields = static_cast<int16_t>(std::size(kColumns) + (kStaged ? 1 : 0));
  to.clear();
  to.append(kSignature, sizeof(kSignature));
  const int32_t no_flags_no_extension[2] = {0, 0};
  to.append(reinterpret_cast<const char*>(no_flags_no_extension), sizeof(no_flags_no_extension));
  int32_t number = 0;
  points.for_each([&](const PointView& point) {
    char* begin =
        to.room(kFixedBytes + point.topic.size() + point.text.size() + point.metadata.size());
    Writer writer(begin);
    writer.number(kFields);
    if constexpr (kStaged) writer.field(number++);
    writer.field(timestamptz(point.time_us));
    writer.text(point.topic);
    if (point.has_value) writer.field(std::bit_cast<int64_t>(point.value));
    else writer.null();
    if (point.has_text) writer.text(point.text);
    else writer.null();
    writer.field(point.quality);
    if (!point.has_metadata) writer.null();
    else if constexpr (kStaged) writer.text(point.metadata);
    else writer.jsonb(point.metadata);
    to.grow(static_cast<size_t>(writer.at() - begin));
  });
  const int16_t trailer = -1;
  to.append(reinterpret_cast<const char*>(&trailer), sizeof(trailer));
}

}  // namespace

void encode_copy(const PointReader& points, penstock::Buffer<char>& to) {
  encode<false>(points, to);
}

void encode_staged(const PointReader& points, penstock::Buffer<char>& to) {
  encode<true>(points, to);
}

}  // namespace timescale_sink
