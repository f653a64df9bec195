// The types that may travel (plugin.h, "Batches") go through everything that copies, checks and
// shows rows; others are refused by name.
#include <penstock/builders.hpp>
#include <penstock/column_layout.hpp>
#include <penstock/decimal.hpp>

#include <string>
#include <vector>

#include "catch.hpp"
#include "config/column_type_name.hpp"
#include "flow/row_json.hpp"
#include "plugin_host/batch_fault.hpp"
#include "plugin_host/copy_rows.hpp"
#include "plugin_host/padding.hpp"
#include "running_pipeline.hpp"

using namespace penstock;

namespace {

template <class Builder, class Value>
ArrowArray column_of(Value value) {
  Builder builder;
  builder.push_null();
  builder.push(value);
  return builder.finish();
}

struct TypeCase {
  const char* format;
  ArrowArray (*column)();  // a null, then a value
  const char* json;        // of the value
};

const std::vector<TypeCase> kTypes{
    {"b", [] { return column_of<BoolBuilder>(true); }, "true"},
    {"c", [] { return column_of<FixedBuilder<int8_t>>(int8_t{-8}); }, "-8"},
    {"C", [] { return column_of<FixedBuilder<uint8_t>>(uint8_t{200}); }, "200"},
    {"s", [] { return column_of<FixedBuilder<int16_t>>(int16_t{-16}); }, "-16"},
    {"S", [] { return column_of<FixedBuilder<uint16_t>>(uint16_t{60000}); }, "60000"},
    {"i", [] { return column_of<FixedBuilder<int32_t>>(-32); }, "-32"},
    {"I", [] { return column_of<FixedBuilder<uint32_t>>(4'000'000'000u); }, "4000000000"},
    {"l", [] { return column_of<FixedBuilder<int64_t>>(int64_t{-64}); }, "-64"},
    {"L", [] { return column_of<FixedBuilder<uint64_t>>(UINT64_MAX); }, "18446744073709551615"},
    {"f", [] { return column_of<FixedBuilder<float>>(1.5f); }, "1.5"},
    {"g", [] { return column_of<FixedBuilder<double>>(0.1); }, "0.1"},
    {"u", [] { return column_of<TextBuilder>("ä"); }, "\"ä\""},
    {"U", [] { return column_of<LargeTextBuilder>("ö"); }, "\"ö\""},
    {"z", [] { return column_of<TextBuilder>("bytes"); }, "\"bytes\""},
    {"Z", [] { return column_of<LargeTextBuilder>("bytes"); }, "\"bytes\""},
    {"tdD", [] { return column_of<FixedBuilder<int32_t>>(19'737); }, "\"2024-01-15\""},
    {"tss:", [] { return column_of<FixedBuilder<int64_t>>(int64_t{1}); },
     "\"1970-01-01T00:00:01.000000Z\""},
    {"tsm:UTC", [] { return column_of<FixedBuilder<int64_t>>(int64_t{1}); },
     "\"1970-01-01T00:00:00.001000Z\""},
    {"tsu:UTC", [] { return column_of<FixedBuilder<int64_t>>(int64_t{-1}); },
     "\"1969-12-31T23:59:59.999999Z\""},
    {"d:5,2",
     [] {
       return column_of<FixedBuilder<Decimal128>>(Decimal128{1250, 0});
     },
     "\"12.50\""}};

// A batch of that one column.
struct OneColumn {
  ArrowSchema schema, rejected;
  ArrowArray rows;
  const ArrowArray* chunk = &rows;

  explicit OneColumn(const TypeCase& type)
      : schema(export_schema({{"a", type.format, true}})),
        rejected(export_schema({{"a", type.format, true},
                                {"node", format::kUtf8},
                                {"reason", format::kUtf8},
                                {"detail", format::kUtf8, true}})),
        rows(make_rows(2, {type.column()})) {}
  ~OneColumn() {
    rows.release(&rows);
    schema.release(&schema);
    rejected.release(&rejected);
  }
};

std::string json_of(const ArrowSchema& schema, const ArrowArray& rows) {
  return engine::row_json(schema, rows, 0) + engine::row_json(schema, rows, 1);
}

}  // namespace

TEST_CASE("every type that may travel is checked, copied, padded and shown") {
  for (const TypeCase& type : kTypes) {
    INFO(type.format);
    OneColumn batch(type);
    const std::string expected = std::string("{\"a\":null}{\"a\":") + type.json + "}";
    CHECK(engine::shape_fault(batch.schema, batch.rows).empty());
    CHECK(engine::content_fault(batch.schema, batch.rows).empty());
    CHECK(json_of(batch.schema, batch.rows) == expected);

    const std::vector<engine::RejectedRow> all{{0, 0, "why", ""}, {0, 1, "why", ""}};
    ArrowArray copy = engine::copy_rejected(batch.schema, &batch.chunk, all, batch.rejected, "n");
    CHECK(json_of(batch.schema, copy) == expected);
    copy.release(&copy);

    batch.rows = engine::padded(batch.schema, batch.rows);
    CHECK(json_of(batch.schema, batch.rows) == expected);
    CHECK(engine::column_type_name(type.format).find("type \"") == std::string::npos);
  }
}

TEST_CASE("texts of 64-bit offsets are checked as those of 32 bits are") {
  OneColumn batch({"U", [] { return column_of<LargeTextBuilder>("\xFF"); }, ""});
  CHECK(engine::content_fault(batch.schema, batch.rows) == "column \"a\" is not UTF-8 in row 1");
  auto* offsets = static_cast<int64_t*>(const_cast<void*>(batch.rows.children[0]->buffers[1]));
  offsets[1] = 7;
  CHECK(engine::offsets_fault(batch.schema, batch.rows) ==
        "column \"a\" has offsets that fall, from 7 to 1 in row 1");
}

TEST_CASE("a decimal is written and read exactly") {
  const DecimalType type{38, 2};
  const Decimal128 most{0x098A223FFFFFFFFF, 0x4B3B4CA85A86C47A};  // 10^38 - 1
  const Decimal128 minus_one{UINT64_MAX, -1};
  CHECK(decimal_text(most, 2) == "999999999999999999999999999999999999.99");
  CHECK(decimal_text(minus_one, 2) == "-0.01");
  CHECK(decimal_text({0, 0}, 2) == "0.00");
  CHECK(decimal_text({5, 0}, -3) == "5000");
  for (const Decimal128 value : {most, minus_one, Decimal128{0, 0}, Decimal128{123456, 0}}) {
    CHECK(parse_decimal(decimal_text(value, type.scale), type) == value);
  }
  CHECK(parse_decimal("5000", {4, -3}) == Decimal128{5, 0});
  CHECK(parse_decimal("1.5", type) == Decimal128{150, 0});
  for (const char* wrong : {"", "-", ".5", "5.", "1e3", "0.001", "+1", "1.2.3"}) {
    INFO(wrong);
    CHECK_FALSE(parse_decimal(wrong, type));
  }
  CHECK_FALSE(parse_decimal("100", DecimalType{2, 0}));
}

TEST_CASE("a decimal's format says its precision and scale, and no other width") {
  CHECK(decimal_type("d:19,10")->precision == 19);
  CHECK(decimal_type("d:19,-2")->scale == -2);
  CHECK(decimal_type("d:19,10,128"));
  for (const char* wrong : {"d:", "d:19", "d:0,0", "d:39,0", "d:19,10,256", "d:19,10,", "g"}) {
    INFO(wrong);
    CHECK_FALSE(decimal_type(wrong));
  }
}

namespace {

const char* emitted_format = "";

// Says that it emits a column of emitted_format.
struct Emitting : test_nodes::Passing {
  using Passing::Passing;
  static Schema output_schema(const Options&, uint32_t, const Schema&) {
    return {{"a", emitted_format}};
  }
};

std::string problems_with(const char* format) {
  emitted_format = format;
  auto types = test_nodes::types();
  types["passing"] = transform<Emitting>();
  return PipelineText(test_nodes::chain(1), types).problems;
}

}  // namespace

TEST_CASE("a schema with a column that may not travel is refused by the column's name and type") {
  for (const TypeCase& type : kTypes) {
    INFO(type.format);
    CHECK(problems_with(type.format).empty());
  }
  for (const char* format : {"+l", "+s", "e", "n", "w:16", "tsn:UTC", "tts", "tDs", "d:50,2,256"}) {
    const std::string problems = problems_with(format);
    INFO(problems);
    CHECK(problems.find("nodes.middle (passing): the schema of its port \"out\" is refused: its "
                        "column \"a\" is of type \"" +
                        std::string(format) + "\", which cannot travel") != std::string::npos);
  }
}
