// What PostgreSQL refuses is found before it is asked. That it refuses just this is tested with a
// server: tests/system/bad_messages.tsv, tests/system/row_errors.py.
#include "row_check.hpp"

#include <penstock/builders.hpp>
#include <penstock/schema.hpp>

#include <string>
#include <vector>
#include "catch.hpp"

#include "copy_encoder.hpp"
#include "copy_reader.hpp"
#include "point_plan.hpp"

using namespace penstock;
using namespace timescale_sink;

namespace {

struct Row {
  std::string topic, text, metadata;
  int64_t time_us = 0;
};

// A batch of one chunk.
struct Points {
  ArrowArray rows;
  ArrowSchema schema;
  const ArrowArray* chunk = &rows;
  penstock_batch view;

  explicit Points(const std::vector<Row>& points) {
    FixedBuilder<int64_t> time;
    FixedBuilder<double> value;
    FixedBuilder<int16_t> quality;
    TextBuilder topic, text, metadata;
    for (const Row& row : points) {
      time.push(row.time_us);
      topic.push(row.topic);
      value.push_null();
      text.push(row.text);
      quality.push(192);
      metadata.push(row.metadata);
    }
    rows = make_rows(static_cast<int64_t>(points.size()),
                     {time.finish(), topic.finish(), value.finish(), text.finish(),
                      quality.finish(), metadata.finish()});
    schema = export_schema(test_plans::point_schema());
    view = {sizeof(penstock_batch), 0, &schema, &chunk, 1, rows.length, nullptr, 0};
  }
  ~Points() {
    rows.release(&rows);
    schema.release(&schema);
  }
  Batch batch() const { return Batch(&view, nullptr); }
};

// Topic, text and metadata of each row that is written.
std::vector<std::string> written(const Points& points, const RowFindings& findings,
                                 const ColumnPlan& plan) {
  Buffer<char> encoded;
  encode_copy(BatchRows(points.batch(), {}, findings), plan, false, encoded);
  test_plans::CopyReader copy({encoded.data(), encoded.size()});
  std::vector<std::string> texts;
  while (copy.number<int16_t>() > 0) {
    std::string_view field;
    for (const int column : {0, 1, 2, 3, 4, 5}) {
      copy.field(field);
      if (column == 1 || column == 3) texts.emplace_back(field);
      if (column == 5) texts.emplace_back(field.substr(1));  // behind jsonb's version
    }
  }
  CHECK(copy.at_end());
  return texts;
}

// The reason why a row is refused, or "".
std::string reason_of(const Row& row, NulRule rule = NulRule::kReplace) {
  const Points points({{"a", "b", "{}"}, row, {"c", "d", "{}"}});
  const RowFindings findings = check_rows(points.batch(), test_plans::point_plan(rule));
  if (findings.refused.empty()) return "";
  CHECK(findings.refused.size() == 1);
  CHECK(findings.refused[0].row == 1);
  return findings.refused[0].reason;
}

const std::string kNul(1, '\0');

}  // namespace

TEST_CASE("rows that the database can hold are let through") {
  CHECK(
      reason_of({"dev/ä", "°C", R"({"a":"\ud83d\ude00","b":[1e10,-0.5],"c":"\\u0000"})"}).empty());
  CHECK(reason_of({"", "", "{}", -210'866'803'200'000'000}).empty());
}

TEST_CASE("what is not UTF-8 is refused, also when it would be together with the next row's text") {
  CHECK(reason_of({"\xff", "", "{}"}) == "topic: not UTF-8");
  CHECK(reason_of({"", "\xc3", "{}"}) == "value_str: not UTF-8");
  const Points points({{"", "a\xc3", "{}"}, {"", "\xa4", "{}"}});
  CHECK(check_rows(points.batch(), test_plans::point_plan(NulRule::kReplace)).refused.size() == 2);
}

TEST_CASE("times before timestamptz begins are refused") {
  CHECK(reason_of({"", "", "{}", -210'866'803'200'000'001}) == "time: before 4714-11-24 BC");
}

TEST_CASE("halves of surrogate pairs and numbers beyond numeric are refused in JSON") {
  CHECK(reason_of({"", "", R"({"a":"\ud800"})"}).find("high surrogate") != std::string::npos);
  CHECK(reason_of({"", "", R"({"a":"\ud800\u0041"})"}).find("high surrogate") != std::string::npos);
  CHECK(reason_of({"", "", R"({"a":"x\udc00"})"}).find("low surrogate") != std::string::npos);
  CHECK(reason_of({"", "", "{\"a\":" + std::string(131'073, '9') + "}"}).find("numeric") !=
        std::string::npos);
  CHECK(reason_of({"", "", "{\"a\":" + std::string(131'072, '9') + "}"}).empty());
}

TEST_CASE("U+0000 is replaced where it stands, or its row refused") {
  CHECK(reason_of({"", "a" + kNul, "{}"}, NulRule::kReject) == "value_str: U+0000");
  CHECK(reason_of({"", "", R"({"a":"\u0000"})"}, NulRule::kReject) == "metadata: U+0000");
  const Points points(
      {{"t" + kNul, "a" + kNul + "b", R"({"a\u0000":"\\u0000\u0000"})"}, {"x", "y", "{}"}});
  const ColumnPlan plan = test_plans::point_plan();
  const RowFindings findings = check_rows(points.batch(), plan);
  CHECK(findings.refused.empty());
  CHECK(findings.mended_rows == 1);
  CHECK(written(points, findings, plan) ==
        std::vector<std::string>{"t\ufffd", "a\ufffdb", R"({"a\ufffd":"\\u0000\ufffd"})", "x", "y",
                                 "{}"});
}

TEST_CASE("refused rows are left out, all others are written") {
  const Points points({{"0", "", "{}"}, {"\xff", "", "{}"}, {"2", "", "{}"}, {"\xfe", "", "{}"}});
  const ColumnPlan plan = test_plans::point_plan();
  const RowFindings findings = check_rows(points.batch(), plan);
  CHECK(written(points, findings, plan) == std::vector<std::string>{"0", "", "{}", "2", "", "{}"});
}
