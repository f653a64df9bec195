#include "letter_rows.hpp"

#include <penstock/columns.hpp>

#include <cmath>
#include <limits>
#include <sstream>

#include "catch.hpp"
#include "json_row.hpp"

using namespace penstock;
using file_source::LetterRows;

namespace {

const Schema kSchema{{"time", "tsu:UTC"},  {"small", "s"},         {"middle", "i"},
                     {"large", "l", true}, {"real", "g", true},    {"text", "u", true},
                     {"bytes", "z", true}, {"metadata", "u", true}};

struct Row {
  int64_t time = 0;
  int16_t small = 0;
  int64_t large = 0;
  double real = 0;
  std::string text, bytes, metadata;
  bool null = false;
};

std::vector<Row> rows() {
  constexpr auto kReal = std::numeric_limits<double>::infinity();
  std::vector<Row> rows{
      {1'700'000'000'000'001, 32767, INT64_MAX, 0.1, "a\"\\\n\t\x01ü", "plain", "{\"a\":1}"},
      {-1, -32768, INT64_MIN, -0.0, std::string("\0x", 2), "\xff\xfe", "[1,2]"},
      {-210'863'606'400'000'000, 0, 9007199254740993, 1e22, "", "", "\"text\""},
      {32'503'680'000'000'000'0, 1, -9007199254740993, 5e-324, "\xff", "\x80", "no JSON"},
      {0, 2, 0, 1.7976931348623157e308, "null", "null", "null"},
      {1, 3, 1, kReal, "NaN", "true", "{\"a\":\n1}"},
      {2, 4, 1, -kReal, "{\"a\":1}", "[]", " {}"},
      {3, 5, 1, 123456789012345680000.0, "3", "x_base64", "17"},
      {4, 6, 1, std::numeric_limits<double>::quiet_NaN(), "\r\n", "\r", "{\"big\":1e400}"}};
  rows.emplace_back();
  rows.back().time = 5;
  rows.back().null = true;
  return rows;
}

// The rows, as a node rejects them.
ArrowArray array_of(const std::vector<Row>& all) {
  FixedBuilder<int64_t> time, large;
  FixedBuilder<int16_t> small;
  FixedBuilder<int32_t> middle;
  FixedBuilder<double> real;
  TextBuilder text, bytes, metadata, node, reason, detail;
  for (const Row& row : all) {
    time.push(row.time);
    small.push(row.small);
    middle.push(static_cast<int32_t>(-row.small));
    const auto push = [&](auto& builder, const auto& value) {
      if (row.null) builder.push_null();
      else builder.push(value);
    };
    push(large, row.large);
    push(real, row.real);
    push(text, row.text);
    push(bytes, row.bytes);
    push(metadata, row.metadata);
    node.push("out");
    reason.push("of a test");
    detail.push_null();
  }
  return make_rows(
      static_cast<int64_t>(all.size()),
      {time.finish(), small.finish(), middle.finish(), large.finish(), real.finish(), text.finish(),
       bytes.finish(), metadata.finish(), node.finish(), reason.finish(), detail.finish()});
}

std::string refusal_of(LetterRows& rows, const std::string& line) {
  try {
    rows.add(line);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a row becomes a letter, and the letter the same row, to the bit") {
  Schema rejected = kSchema;
  rejected.push_back({"node", format::kUtf8});
  rejected.push_back({"reason", format::kUtf8});
  rejected.push_back({"detail", format::kUtf8, true});
  const std::vector<Row> all = rows();
  ArrowArray array = array_of(all);
  ArrowSchema exported = export_schema(rejected);
  std::string text;
  file_sink::JsonRows({"metadata"}).append(exported, array, text);

  LetterRows letters(
      "{\"time\":\"tsu:UTC\",\"small\":\"s\",\"middle\":\"i\",\"large\":\"l?\",\"real\":\"g?\","
      "\"text\":\"u?\",\"bytes\":\"z?\",\"metadata\":\"u?\"}");
  CHECK(letters.schema() == kSchema);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(line.find(",\"columns\":{\"time\":\"tsu:UTC\",\"small\":\"s\"") != std::string::npos);
    CHECK(refusal_of(letters, line) == "");
  }
  ArrowArray again = letters.finish();
  REQUIRE(again.length == static_cast<int64_t>(all.size()));
  const auto text_of = [&](int64_t column, int64_t row) {
    return std::string(TextColumn(*again.children[column])[row]);
  };
  for (int64_t i = 0; i < again.length; ++i) {
    const Row& row = all[static_cast<size_t>(i)];
    INFO(i);
    CHECK(FixedColumn<int64_t>(*again.children[0])[i] == row.time);
    CHECK(FixedColumn<int16_t>(*again.children[1])[i] == row.small);
    CHECK(FixedColumn<int32_t>(*again.children[2])[i] == -row.small);
    for (int64_t column = 3; column < 8; ++column) {
      CHECK(detail::is_valid(*again.children[column], i) == !row.null);
    }
    if (row.null) continue;
    CHECK(FixedColumn<int64_t>(*again.children[3])[i] == row.large);
    const double real = FixedColumn<double>(*again.children[4])[i];
    CHECK((std::isnan(row.real) ? std::isnan(real) : real == row.real));
    CHECK(std::signbit(real) == std::signbit(row.real));
    CHECK(text_of(5, i) == row.text);
    CHECK(text_of(6, i) == row.bytes);
    CHECK(text_of(7, i) == row.metadata);
  }
  again.release(&again);
  array.release(&array);
  exported.release(&exported);
}

TEST_CASE("large texts and decimals become a letter, and the letter the same row") {
  const Schema columns{{"text", "U", true}, {"bytes", "Z"}, {"amount", "d:38,3"}};
  LargeTextBuilder text, bytes;
  FixedBuilder<Decimal128> amount;
  TextBuilder reason;
  text.push("a\"b");
  bytes.push("\xff");
  amount.push({UINT64_MAX - 1499, -1});
  text.push_null();
  bytes.push("plain");
  amount.push({7, 1});
  for (int i = 0; i < 2; ++i) reason.push("why");
  ArrowArray array =
      make_rows(2, {text.finish(), bytes.finish(), amount.finish(), reason.finish()});
  Schema schema = columns;
  schema.push_back({"reason", format::kUtf8});
  ArrowSchema exported = export_schema(schema);
  std::string lines;
  file_sink::JsonRows({}).append(exported, array, lines);
  CHECK(lines.find(",\"text\":\"a\\\"b\",\"bytes_base64\":\"/w==\",\"amount\":\"-1.500\"") !=
        std::string::npos);

  LetterRows letters("{\"text\":\"U?\",\"bytes\":\"Z\",\"amount\":\"d:38,3\"}");
  CHECK(letters.schema() == columns);
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) CHECK(refusal_of(letters, line) == "");
  CHECK(refusal_of(letters, "{\"bytes\":\"b\",\"amount\":1}") != "");
  CHECK(refusal_of(letters, "{\"bytes\":\"b\",\"amount\":\"0.0001\"}") != "");
  ArrowArray again = letters.finish();
  REQUIRE(again.length == 2);
  for (int64_t row = 0; row < 2; ++row) {
    const LargeTextColumn texts(*again.children[0]), blobs(*again.children[1]);
    CHECK(texts.valid(row) == (row == 0));
    CHECK(blobs[row] == (row == 0 ? "\xff" : "plain"));
    CHECK(FixedColumn<Decimal128>(*again.children[2])[row] ==
          FixedColumn<Decimal128>(*array.children[2])[row]);
  }
  again.release(&again);
  array.release(&array);
  exported.release(&exported);
}

TEST_CASE("a message that was rejected needs no columns in its letter") {
  TextBuilder topic, payload, node, reason, detail;
  FixedBuilder<int64_t> received;
  topic.push("a");
  payload.push("{");
  received.push(0);
  node.push("decoder");
  reason.push("why");
  detail.push_null();
  ArrowArray array = make_rows(1, {topic.finish(), payload.finish(), received.finish(),
                                   node.finish(), reason.finish(), detail.finish()});
  Schema schema = message_schema();
  schema.push_back({"node", format::kUtf8});
  schema.push_back({"reason", format::kUtf8});
  schema.push_back({"detail", format::kUtf8, true});
  ArrowSchema exported = export_schema(schema);
  std::string text;
  file_sink::JsonRows({}).append(exported, array, text);
  CHECK(text ==
        "{\"replayed\":false,\"topic\":\"a\",\"payload\":\"{\",\"received\":"
        "\"1970-01-01T00:00:00.000000Z\",\"node\":\"decoder\",\"reason\":\"why\"}\n");
  array.release(&array);
  exported.release(&exported);
}

TEST_CASE("what is not the column's value is refused, and adds nothing") {
  LetterRows rows("{\"n\":\"s\",\"t\":\"tsu:UTC?\",\"x\":\"g?\",\"u\":\"u?\"}");
  const std::string begin = "{\"replayed\":false,\"n\":1";
  for (const char* end :
       {",\"n\":2}", ",\"o\":2}", ",\"t\":5}", ",\"t\":\"yesterday\"}", ",\"x\":\"5\"}",
        ",\"x\":true}", ",\"x\":[]}", ",\"u\":\"a\",\"u_base64\":\"YQ==\"}", ",\"u_base64\":\"%\"}",
        ",\"t\":\"2024-01-15T10:30:00\"}"}) {
    INFO(end);
    CHECK(refusal_of(rows, begin + end) != "");
  }
  for (const char* line :
       {"{\"n\":32768}", "{\"n\":1.5}", "{\"n\":null}", "{\"x\":1}", "[]", "5", "{\"n\":"}) {
    INFO(line);
    CHECK(refusal_of(rows, line) != "");
  }
  CHECK(rows.rows() == 0);
  CHECK(refusal_of(rows, "{\"n\":1,\"x\":null,\"node\":\"a\",\"columns\":{}}") == "");
  CHECK(rows.rows() == 1);
  ArrowArray array = rows.finish();
  array.release(&array);
}
