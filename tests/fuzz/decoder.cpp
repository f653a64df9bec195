// What machines could send: any bytes as messages of the decoder. A message gives points or one
// reason, and the points come out of the encoder of COPY as they went in. The first byte chooses
// the options; each further message begins behind a byte 0xFF, which is in no UTF-8 text.
#include <penstock/columns.hpp>
#include <penstock/schema.hpp>

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "copy_encoder.hpp"
#include "copy_reader.hpp"
#include "encoding/conversions.hpp"
#include "message_reader.hpp"
#include "point_plan.hpp"
#include "require.hpp"

namespace {

using namespace json_decoder;
using penstock::FixedColumn;
using penstock::TextColumn;

constexpr std::string_view kTopic = "dev/1/temperature";
constexpr int64_t kReceivedUs = 1'700'000'000'000'000;

FieldNames names() {
  return FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"});
}

// The payload as an intake hands it out: PENSTOCK_PADDING bytes are readable past its end, and a
// sanitizer sees the next one.
class Padded {
 public:
  explicit Padded(std::string_view text)
      : size_(text.size()), bytes_(new char[text.size() + PENSTOCK_PADDING]) {
    std::memcpy(bytes_.get(), text.data(), text.size());
    std::memset(bytes_.get() + text.size(), 0xA5, PENSTOCK_PADDING);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<char[]> bytes_;
};

void require_text(std::string_view stored, std::string_view given, bool mended) {
  std::string expected(given);
  for (size_t at = 0; mended && (at = expected.find('\0', at)) != std::string::npos;) {
    expected.replace(at, 1, "\xEF\xBF\xBD");
  }
  REQUIRE(stored == expected);
  REQUIRE(stored.find('\0') == std::string_view::npos);
  REQUIRE(simdjson::validate_utf8(stored));
}

// A number may be larger than simdjson's types hold; jsonb takes it.
void require_json(std::string_view json) {
  static simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::error_code error = parser.parse(simdjson::padded_string(json)).get(object);
  REQUIRE(error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR);
}

// Points come of what a parser that reads all of it takes for JSON; of what it does not, none.
struct Acceptor : nlohmann::detail::json_sax_acceptor<nlohmann::json> {
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& error) {
    number_too_large = error.id == 406;
    return false;
  }
  bool number_too_large = false;
};

void require_json_or_told(std::string_view payload, const std::string& reason) {
  while (payload.starts_with("\xEF\xBB\xBF")) payload.remove_prefix(3);
  const bool told = reason.starts_with("not JSON: ");
  Acceptor acceptor;
  const bool is_json = nlohmann::json::sax_parse(payload, &acceptor);
  if (acceptor.number_too_large) return;                     // which is JSON, and may be metadata
  if (payload.find('\0') != std::string_view::npos) return;  // that parser's end of a text
  REQUIRE(is_json != told || reason.starts_with("nested deeper"));
}

// The letter of what is no point in a message gives nothing when it is put through again, and holds
// nothing twice.
void require_bad_again(MessageReader& reader, const BadPart& part, std::string_view payload) {
  const auto breaks = std::count(part.payload.begin(), part.payload.end(), '\n');
  REQUIRE(part.payload.size() <= payload.size() + static_cast<size_t>(breaks));
  const Padded again(part.payload);
  PointBuilder points;
  REQUIRE(!reader.read(again.text(), kTopic, kReceivedUs, points).empty());
}

void round_trip(const penstock::Batch& batch) {
  using namespace timescale_sink;
  static const ColumnPlan plan = test_plans::point_plan();
  const RowFindings findings = check_rows(batch, plan);
  penstock::Buffer<char> encoded;
  encode_copy(BatchRows(batch, {}, findings), plan, false, encoded);

  const ArrowArray& rows = batch.chunk(0);
  const FixedColumn<int64_t> time(*rows.children[0]);
  const TextColumn topic(*rows.children[1]), text(*rows.children[3]), metadata(*rows.children[5]);
  const FixedColumn<double> value(*rows.children[2]);
  const FixedColumn<int16_t> quality(*rows.children[4]);
  test_plans::CopyReader copy({encoded.data(), encoded.size()});
  auto refused = findings.refused.begin();
  for (int64_t row = 0; row < rows.length; ++row) {
    if (refused != findings.refused.end() && refused->row == row) {
      REQUIRE(!refused->reason.empty());
      ++refused;
      continue;
    }
    std::string_view bytes;
    REQUIRE(copy.number<int16_t>() == 6);
    REQUIRE(copy.fixed_field<int64_t>() == ToTimestamp()(time[row]));
    REQUIRE(copy.field(bytes));
    require_text(bytes, topic[row], findings.mend[0][1]);
    REQUIRE(copy.field(bytes) == value.valid(row));
    if (value.valid(row)) {
      REQUIRE(test_plans::CopyReader::number_of(bytes) == std::bit_cast<uint64_t>(value[row]));
    }
    REQUIRE(copy.field(bytes) == text.valid(row));
    if (text.valid(row)) require_text(bytes, text[row], findings.mend[0][3]);
    REQUIRE(copy.fixed_field<int16_t>() == quality[row]);
    REQUIRE(copy.field(bytes) == metadata.valid(row));
    REQUIRE(!metadata.valid(row) || (bytes.size() > 2 && bytes[0] == 1));
    if (metadata.valid(row)) require_json(bytes.substr(1));
  }
  REQUIRE(refused == findings.refused.end());
  REQUIRE(copy.number<int16_t>() == -1 && copy.at_end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  static MessageReader readers[] = {
      {names()},
      {names(), {.fields = {.unit = TimeUnit::kNanoseconds}}},
      {names(), {.root = "/points", .keep_outer = true}},
      {names(), {.root = "/a/0", .fields = {.unit = TimeUnit::kSeconds}}},
      {names(), {.point_per_member = true}},
      {FieldNames({"value"}, {"q"}, {"ts"}, {"u:unit"}, {"x"}, true),
       {.root = "/a",
        .keep_outer = true,
        .point_per_member = true,
        .fields = {.time_zone = TimeZone::utc(), .quoted_numbers = true}}},
      // From here on a message need not be one JSON document.
      {names(), {.many_documents = true}},
      {names(), {.bare_values = true, .fields = {.quoted_numbers = true}}},
      {names(), {.point_per_member = true, .bare_values = true, .many_documents = true}},
      {names(), {.root = "/a", .keep_outer = true, .many_documents = true}}};
  constexpr size_t kOfOneDocument = 6;
  const size_t chosen = data[0] % std::size(readers);
  MessageReader& reader = readers[chosen];
  reader.start_batch();
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  PointBuilder points;
  for (bool more = true; more;) {
    const size_t end = rest.find('\xFF');
    more = end != std::string_view::npos;
    const Padded payload(rest.substr(0, end));
    if (more) rest.remove_prefix(end + 1);
    const size_t before = points.rows();
    const std::string reason = reader.read(payload.text(), kTopic, kReceivedUs, points);
    REQUIRE((points.rows() > before) == reason.empty());
    REQUIRE(points.rows() >= before);
    REQUIRE(reason.empty() || reader.bad_part().payload.empty());
    if (chosen < kOfOneDocument) require_json_or_told(payload.text(), reason);
    const BadPart part = reader.bad_part();
    if (!part.payload.empty()) require_bad_again(reader, part, payload.text());
  }
  if (points.rows() == 0) return 0;

  const auto count = static_cast<int64_t>(points.rows());
  ArrowArray rows = points.finish();
  ArrowSchema schema = penstock::export_schema(point_schema());
  const ArrowArray* chunk = &rows;
  const penstock_batch view{sizeof(penstock_batch), 0, &schema, &chunk, 1, count, nullptr, 0};
  REQUIRE(rows.length == count);
  round_trip(penstock::Batch(&view, nullptr));
  rows.release(&rows);
  schema.release(&schema);
  return 0;
}
