// Messages in CBOR, in MessagePack and compressed: any bytes. A message gives points or one reason,
// what is read of it is JSON, and its letter gives nothing when it is put through again. The first
// byte chooses encoding, compression and options; the second, whether the rest is compressed first.
#include <penstock/schema.hpp>

#include <zlib.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cbor.hpp"
#include "encoded_reader.hpp"
#include "messagepack.hpp"
#include "require.hpp"

namespace {

using namespace json_decoder;

constexpr std::string_view kTopic = "dev/1/temperature";

FieldNames names() {
  return FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"});
}

const MessageOptions kOptions[] = {
    {},
    {.root = "/a", .keep_outer = true},
    {.point_per_member = true},
    {.bare_values = true, .many_documents = true, .fields = {.quoted_numbers = true}}};

std::string packed(std::string_view text, int window_bits) {
  z_stream stream = {};
  REQUIRE(deflateInit2(&stream, 1, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(bytes.size() - stream.avail_out);
  deflateEnd(&stream);
  return bytes;
}

template <class Transcoder>
void require_json(std::string_view payload) {
  penstock::Buffer<char> text;
  Transcoder transcoder(payload, 66, 1 << 30, text);
  if (transcoder.value()) {
    const std::string_view json(text.data(), text.size());
    REQUIRE(find_fault(json, 66).kind == JsonFault::kNone);
    REQUIRE(nlohmann::json::accept(json));
  } else {
    REQUIRE(transcoder.fault().kind != TranscodingFault::kNone);
    REQUIRE(transcoder.fault().at <= payload.size());
  }
}

// As an intake hands it out; a sanitizer sees what is read beyond.
std::string read(EncodedReader& reader, std::string_view payload, PointBuilder& points) {
  const std::unique_ptr<char[]> bytes(new char[payload.size() + PENSTOCK_PADDING]);
  std::memcpy(bytes.get(), payload.data(), payload.size());
  std::memset(bytes.get() + payload.size(), 0xA5, PENSTOCK_PADDING);
  const size_t before = points.rows();
  std::string reason = reader.read({bytes.get(), payload.size()}, kTopic, 0, points);
  REQUIRE((points.rows() > before) == reason.empty());
  REQUIRE(reason.empty() || reader.bad_part().payload.empty());
  return reason;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto encoding = static_cast<Encoding>(data[0] % 3);
  const auto compression = static_cast<Compression>(data[0] / 3 % 4);
  MessageReader json(names(), kOptions[data[0] / 12 % std::size(kOptions)]);
  EncodedReader reader(json, encoding, compression);
  reader.start_batch();
  std::string payload(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (encoding == Encoding::kCbor) require_json<CborTranscoder>(payload);
  if (encoding == Encoding::kMessagePack) require_json<MessagePackTranscoder>(payload);
  if (data[1] % 4 != 0) payload = packed(payload, compression == Compression::kZlib ? 15 : 31);
  PointBuilder points;
  read(reader, payload, points);
  const BadPart part = reader.bad_part();
  if (part.payload.empty()) return 0;
  PointBuilder again;
  REQUIRE(!read(reader, part.payload, again).empty());
  return 0;
}
