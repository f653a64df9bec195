#include "plugin_verify/sample_rows.hpp"

#include <penstock/builders.hpp>
#include <penstock/column_layout.hpp>

#include <array>
#include <string_view>

namespace penstock::engine {
namespace {

constexpr std::array<std::string_view, 8> kTexts{"",
                                                 "a",
                                                 R"({"value":1.5,"unit":"bar"})",
                                                 "plant/line 1/température",
                                                 "[1,2,{}]",
                                                 "{\"v\":",
                                                 "null",
                                                 "temperature value=20.5 1700000000000000000"};
constexpr std::string_view kNoText = "\xFF\xC3\x28";

struct Shape {
  int64_t rows = 0;
  bool nulls = false;
  int64_t offset = 0;
};

template <class Builder, class Value>
ArrowArray column_of(const Shape& shape, const Value& value) {
  Builder builder;
  for (int64_t i = 0; i < shape.rows + shape.offset; ++i) {
    if (shape.nulls) builder.push_null();
    else builder.push(value(i));
  }
  ArrowArray array = builder.finish();
  array.length = shape.rows;
  array.offset = shape.offset;
  if (shape.offset > 0) array.null_count = -1;
  return array;
}

template <class T>
ArrowArray numbers(const Shape& shape) {
  return column_of<FixedBuilder<T>>(shape, [](int64_t i) { return static_cast<T>(i); });
}

template <class Builder>
ArrowArray texts(const Shape& shape, bool bytes) {
  return column_of<Builder>(shape, [&](int64_t i) {
    const auto at = static_cast<size_t>(i) % (kTexts.size() + 1);
    if (at < kTexts.size()) return kTexts[at];
    return bytes ? kNoText : std::string_view("x");
  });
}

ArrowArray sample_column(const Field& field, Shape shape) {
  shape.nulls = shape.nulls && field.nullable;
  const std::string_view format = field.format;
  const ColumnLayout layout = *column_layout(format);
  const bool bytes = format == format::kBinary || format == format::kLargeBinary;
  if (format == format::kFloat32) return numbers<float>(shape);
  if (format == format::kFloat64) return numbers<double>(shape);
  switch (layout.kind) {
    case ColumnLayout::kText: return texts<TextBuilder>(shape, bytes);
    case ColumnLayout::kLargeText: return texts<LargeTextBuilder>(shape, bytes);
    case ColumnLayout::kBool:
      return column_of<BoolBuilder>(shape, [](int64_t i) { return i % 2 == 0; });
    default: break;
  }
  switch (layout.width) {
    case 1: return numbers<int8_t>(shape);
    case 2: return numbers<int16_t>(shape);
    case 4: return numbers<int32_t>(shape);
    case 8: return numbers<int64_t>(shape);
    default:
      return column_of<FixedBuilder<Decimal128>>(shape, [](int64_t i) {
        return Decimal128{static_cast<uint64_t>(i % 10), 0};
      });
  }
}

ArrowArray sample_rows(const Schema& schema, const Shape& shape) {
  Columns columns(schema.size());
  for (const Field& field : schema) columns.add(sample_column(field, shape));
  return make_rows(shape.rows, columns);
}

}  // namespace

std::vector<SampleBatch> sample_batches(const Schema& schema) {
  std::vector<SampleBatch> batches;
  batches.push_back({"no rows", {sample_rows(schema, {0, false, 0})}});
  batches.push_back({"100 rows", {sample_rows(schema, {100, false, 0})}});
  batches.push_back({"columns of nulls", {sample_rows(schema, {20, true, 0})}});
  batches.push_back({"sliced columns", {sample_rows(schema, {20, false, 13})}});
  batches.push_back({"sliced columns of nulls", {sample_rows(schema, {20, true, 13})}});
  SampleBatch many{"many chunks", {}};
  for (int64_t i = 0; i < 40; ++i)
    many.chunks.push_back(sample_rows(schema, {i % 5, false, i % 3}));
  batches.push_back(std::move(many));
  return batches;
}

}  // namespace penstock::engine
