#include "flow/row_json.hpp"

#include <cmath>
#include <limits>
#include <penstock/builders.hpp>
#include <penstock/schema.hpp>
#include "catch.hpp"

using namespace penstock;

namespace {

// One row of a text, bytes, a time, a number and an integer.
struct Row {
  ArrowSchema schema = export_schema({{"text", format::kUtf8, true},
                                      {"bytes", format::kBinary},
                                      {"time", format::kTimestampUs},
                                      {"number", format::kFloat64},
                                      {"whole", format::kInt16}});
  ArrowArray array = {};

  Row(std::string_view text, std::string_view bytes, int64_t time, double number) {
    TextBuilder texts, blobs;
    FixedBuilder<int64_t> times;
    FixedBuilder<double> numbers;
    FixedBuilder<int16_t> wholes;
    if (text == "null") texts.push_null();
    else texts.push(text);
    blobs.push(bytes);
    times.push(time);
    numbers.push(number);
    wholes.push(-3);
    std::vector<ArrowArray> columns;
    columns.push_back(texts.finish());
    columns.push_back(blobs.finish());
    columns.push_back(times.finish());
    columns.push_back(numbers.finish());
    columns.push_back(wholes.finish());
    array = make_rows(1, std::move(columns));
  }
  ~Row() {
    array.release(&array);
    schema.release(&schema);
  }
  std::string json() const { return engine::row_json(schema, array, 0); }
};

}  // namespace

TEST_CASE("a row is JSON with its columns by name") {
  CHECK(Row("a \"b\"\n", "raw", 1'705'314'600'123'456, 75.5).json() ==
        R"({"text":"a \"b\"\n","bytes":"raw","time":"2024-01-15T10:30:00.123456Z",)"
        R"("number":75.5,"whole":-3})");
  CHECK(Row("null", "", -1, 0).json() ==
        R"({"text":null,"bytes":"","time":"1969-12-31T23:59:59.999999Z","number":0,"whole":-3})");
}

TEST_CASE("a text that is a JSON object goes in as one, and what only looks like one as a text") {
  CHECK(Row(R"({"unit":"°C"})", R"({"a":[1,2]})", 0, 1)
            .json()
            .starts_with(R"({"text":{"unit":"°C"},"bytes":{"a":[1,2]},)"));
  CHECK(Row("{half", "[1]", 0, 1).json().starts_with(R"({"text":"{half","bytes":"[1]",)"));
}

TEST_CASE("bytes that are no UTF-8 and numbers that are none leave valid JSON") {
  const std::string json = Row("\xFF", "a\xC3", 0, std::numeric_limits<double>::quiet_NaN()).json();
  CHECK(json.starts_with("{\"text\":\"\xEF\xBF\xBD\",\"bytes\":\"a\xEF\xBF\xBD\","));
  CHECK(json.find("\"number\":null") != std::string::npos);
}
