// How columns lie in memory, and copies of their rows, whatever their type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "penstock/builders.hpp"
#include "penstock/columns.hpp"
#include "penstock/decimal.hpp"
#include "penstock/schema.hpp"

namespace penstock {

struct ColumnLayout {
  enum Kind { kFixed, kText, kLargeText, kBool } kind;
  size_t width = 0;  // bytes a value, kFixed

  bool is_text() const { return kind == kText || kind == kLargeText; }
};

// Of the types that may travel (plugin.h, "Batches"); nothing for others.
// https://arrow.apache.org/docs/format/CDataInterface.html#data-type-description-format-strings
inline std::optional<ColumnLayout> column_layout(std::string_view format) {
  if (format.empty()) return std::nullopt;
  if (format == "u" || format == "z") return ColumnLayout{ColumnLayout::kText};
  if (format == "U" || format == "Z") return ColumnLayout{ColumnLayout::kLargeText};
  if (format == "b") return ColumnLayout{ColumnLayout::kBool};
  if (format == "c" || format == "C") return ColumnLayout{ColumnLayout::kFixed, 1};
  if (format == "s" || format == "S") return ColumnLayout{ColumnLayout::kFixed, 2};
  if (format == "i" || format == "I" || format == "f" || format == "tdD") {
    return ColumnLayout{ColumnLayout::kFixed, 4};
  }
  if (format == "l" || format == "L" || format == "g" || us_per_unit(format) > 0) {
    return ColumnLayout{ColumnLayout::kFixed, 8};
  }
  if (decimal_type(format)) return ColumnLayout{ColumnLayout::kFixed, sizeof(Decimal128)};
  return std::nullopt;
}

// A value of a column, to be copied.
struct ColumnRow {
  const ArrowArray* column = nullptr;
  int64_t row = 0;
};

namespace detail {

template <class Column, class Builder, class Place>
ArrowArray copy_values(size_t rows, const Place& place) {
  Builder builder;
  for (size_t i = 0; i < rows; ++i) {
    const ColumnRow from = place(i);
    const Column column(*from.column);
    if (column.valid(from.row)) builder.push(column[from.row]);
    else builder.push_null();
  }
  return builder.finish();
}

}  // namespace detail

// A column of `rows` rows; place(i) says what the i-th is a copy of.
template <class Place>
ArrowArray copy_column(const ColumnLayout& layout, size_t rows, const Place& place) {
  using namespace detail;
  if (layout.kind == ColumnLayout::kText) {
    return copy_values<TextColumn, TextBuilder>(rows, place);
  }
  if (layout.kind == ColumnLayout::kLargeText) {
    return copy_values<LargeTextColumn, LargeTextBuilder>(rows, place);
  }
  if (layout.kind == ColumnLayout::kBool) {
    return copy_values<BoolColumn, BoolBuilder>(rows, place);
  }
  switch (layout.width) {
    case 1: return copy_values<FixedColumn<uint8_t>, FixedBuilder<uint8_t>>(rows, place);
    case 2: return copy_values<FixedColumn<uint16_t>, FixedBuilder<uint16_t>>(rows, place);
    case 4: return copy_values<FixedColumn<uint32_t>, FixedBuilder<uint32_t>>(rows, place);
    case 8: return copy_values<FixedColumn<uint64_t>, FixedBuilder<uint64_t>>(rows, place);
    default: return copy_values<FixedColumn<Decimal128>, FixedBuilder<Decimal128>>(rows, place);
  }
}

}  // namespace penstock
