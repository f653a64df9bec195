#include "copy_encoder.hpp"

#include <penstock/builders.hpp>

#include <string>
#include "catch.hpp"

#include "identifier.hpp"
#include "point_plan.hpp"

using namespace penstock;

namespace {

std::string hex(const Buffer<char>& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes.data()[i]);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

}  // namespace

TEST_CASE("points are encoded as PostgreSQL's binary COPY format says") {
  FixedBuilder<int64_t> time;
  FixedBuilder<double> value;
  FixedBuilder<int16_t> quality;
  TextBuilder topic, text, metadata;
  time.push(946'684'800'000'001);  // 2000-01-01 and 1 µs
  topic.push("ab");
  value.push(1.0);
  text.push_null();
  quality.push(192);
  metadata.push("{}");
  time.push(946'684'799'999'999);
  topic.push("");
  value.push_null();
  text.push("x");
  quality.push(-1);
  metadata.push_null();
  std::vector<ArrowArray> columns{time.finish(), topic.finish(),   value.finish(),
                                  text.finish(), quality.finish(), metadata.finish()};
  ArrowArray rows = make_rows(2, std::move(columns));
  ArrowSchema schema = export_schema(test_plans::point_schema());
  const ArrowArray* chunk = &rows;
  const penstock_batch view{sizeof(penstock_batch), 0, &schema, &chunk, 1, 2, nullptr, 0};
  Buffer<char> encoded;
  const Batch batch(&view, nullptr);
  const timescale_sink::ColumnPlan plan = test_plans::point_plan();
  const timescale_sink::RowFindings findings = timescale_sink::check_rows(batch, plan);
  timescale_sink::encode_copy(timescale_sink::BatchRows(batch, {}, findings), plan, false, encoded);
  CHECK(hex(encoded) ==
        "5047434f50590aff0d0a00"  // PGCOPY\n\377\r\n\0
        "00000000"
        "00000000"  // flags, extension
        "0006"
        "00000008"
        "0000000000000001"
        "00000002"
        "6162"
        "00000008"
        "3ff0000000000000"
        "ffffffff"
        "00000002"
        "00c0"
        "00000003"
        "017b7d"
        "0006"
        "00000008"
        "ffffffffffffffff"
        "00000000"
        "ffffffff"
        "00000001"
        "78"
        "00000002"
        "ffff"
        "ffffffff"
        "ffff");
  rows.release(&rows);
  schema.release(&schema);
}

TEST_CASE("a table's name can be nothing but a name") {
  using timescale_sink::quoted_table;
  CHECK(quoted_table("metrics") == "\"metrics\"");
  CHECK(quoted_table("plant.metrics") == "\"plant\".\"metrics\"");
  CHECK(quoted_table("a\"; DROP TABLE x; --") == "\"a\"\"; DROP TABLE x; --\"");
}
