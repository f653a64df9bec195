#include "json_row.hpp"

#include <penstock/utf8.hpp>

#include <penstock/builders.hpp>
#include <penstock/schema.hpp>

#include "catch.hpp"

using namespace penstock;

TEST_CASE("rows are written with their types, nulls left out, JSON as it is") {
  FixedBuilder<int64_t> time;
  FixedBuilder<double> value;
  TextBuilder payload, metadata;
  time.push(1'700'000'000'000'001);
  value.push(0.1);
  payload.push("a\"\n\x01ü");
  metadata.push("{\"a\":1}");
  time.push(-1);
  value.push_null();
  payload.push("\xff\xfe\x00");
  metadata.push_null();
  ArrowArray rows =
      make_rows(2, {time.finish(), value.finish(), payload.finish(), metadata.finish()});
  ArrowSchema schema = export_schema({{"time", format::kTimestampUs},
                                      {"value", format::kFloat64, true},
                                      {"payload", format::kBinary},
                                      {"metadata", format::kUtf8, true}});
  std::string text;
  file_sink::JsonRows({"metadata"}).append(schema, rows, text);
  CHECK(text ==
        "{\"time\":\"2023-11-14T22:13:20.000001Z\",\"value\":0.1,"
        "\"payload\":\"a\\\"\\n\\u0001ü\",\"metadata\":{\"a\":1}}\n"
        "{\"time\":\"1969-12-31T23:59:59.999999Z\",\"payload_base64\":\"//4=\"}\n");
  rows.release(&rows);
  schema.release(&schema);
}

TEST_CASE("UTF-8 is told from what only looks like it") {
  for (const char* text : {"", "a", "ü", "€", "😀", "\xf4\x8f\xbf\xbf"})
    CHECK(penstock::utf8_fault(text) == nullptr);
  for (const char* text : {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                           "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "a\x80"}) {
    CHECK(penstock::utf8_fault(text) != nullptr);
  }
}
