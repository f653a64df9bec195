// Messages in line protocol: any bytes. A message gives points or one reason, all texts are UTF-8
// and metadata is JSON; the letter of bad lines gives nothing when it is put through again. The
// first byte chooses the options.
#include <penstock/columns.hpp>

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "line_reader.hpp"
#include "require.hpp"

namespace {

using namespace line_protocol_decoder;

constexpr std::string_view kTopic = "dev/1";

// As an intake hands it out; a sanitizer sees what is read beyond.
std::string read(LineReader& reader, std::string_view payload, PointBuilder& points) {
  const std::unique_ptr<char[]> bytes(new char[payload.size() + PENSTOCK_PADDING]);
  std::memcpy(bytes.get(), payload.data(), payload.size());
  std::memset(bytes.get() + payload.size(), 0xA5, PENSTOCK_PADDING);
  std::string reason = reader.read({bytes.get(), payload.size()}, kTopic, 0, points);
  REQUIRE((points.rows() > 0) == reason.empty());
  REQUIRE(reason.empty() || reader.bad_part().payload.empty());
  return reason;
}

void require_texts(PointBuilder& points) {
  ArrowArray rows = points.finish();
  const penstock::TextColumn topic(*rows.children[1]), text(*rows.children[3]),
      metadata(*rows.children[5]);
  static simdjson::dom::parser parser;
  for (int64_t row = 0; row < rows.length; ++row) {
    REQUIRE(topic[row].starts_with(kTopic));
    REQUIRE(simdjson::validate_utf8(topic[row]));
    REQUIRE(!text.valid(row) || simdjson::validate_utf8(text[row]));
    simdjson::dom::object object;
    REQUIRE(!parser.parse(simdjson::padded_string(metadata[row])).get(object));
  }
  rows.release(&rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  static const LineOptions kOptions[] = {
      {},
      {.join = {"t", "field", "measurement"}, .unit = TimeUnit::kSeconds, .most_points = 8},
      {.join = {"field"}, .unit = TimeUnit::kAuto},
      {.compression = Compression::kAuto}};
  LineReader reader(kOptions[data[0] % std::size(kOptions)]);
  reader.start_batch();
  PointBuilder points;
  read(reader, {reinterpret_cast<const char*>(data) + 1, size - 1}, points);
  const BadPart part = reader.bad_part();
  if (points.rows() > 0) require_texts(points);
  if (part.payload.empty()) return 0;
  PointBuilder again;
  REQUIRE(!read(reader, part.payload, again).empty());
  return 0;
}
