#include "rows/input_rows.hpp"

#include <penstock/columns.hpp>
#include <penstock/decimal.hpp>

#include "rows/epoch.hpp"
#include "values/numeric_math.hpp"

namespace sql {
namespace {

using penstock::Decimal128;
using penstock::FixedColumn;

// Of each row its value, made of the column's by `make`.
template <class T, class Column, class Make>
void fill_with(const ArrowArray& column, int64_t first, size_t count, Vector& to, Make&& make) {
  const Column values(column);
  const bool has_nulls = column.buffers[0] != nullptr;
  T* const out = to.of<T>();
  to.may_be_null = has_nulls;
  for (size_t i = 0; i < count; ++i) {
    const int64_t row = first + static_cast<int64_t>(i);
    if (has_nulls) {
      to.nulls[i] = !values.valid(row);
      if (to.nulls[i]) continue;
    }
    out[i] = make(values[row]);
  }
}

template <class From, class To>
void fill_fixed(const std::string&, Arena&, const ArrowArray& column, int64_t first, size_t count,
                Vector& to) {
  fill_with<To, FixedColumn<From>>(column, first, count, to,
                                   [](From value) { return static_cast<To>(value); });
}

void fill_booleans(const std::string&, Arena&, const ArrowArray& column, int64_t first,
                   size_t count, Vector& to) {
  fill_with<bool, penstock::BoolColumn>(column, first, count, to, [](bool value) { return value; });
}

template <class Column, class To>
void fill_texts(const std::string&, Arena&, const ArrowArray& column, int64_t first, size_t count,
                Vector& to) {
  fill_with<To, Column>(column, first, count, to, [](std::string_view text) { return To{text}; });
}

void fill_dates(const std::string&, Arena&, const ArrowArray& column, int64_t first, size_t count,
                Vector& to) {
  fill_with<Date, FixedColumn<int32_t>>(column, first, count, to,
                                        [](int32_t day) { return date_from_1970(day); });
}

template <class To>
void fill_times(const std::string& format, Arena&, const ArrowArray& column, int64_t first,
                size_t count, Vector& to) {
  const int64_t unit = penstock::us_per_unit(format);
  fill_with<To, FixedColumn<int64_t>>(
      column, first, count, to, [unit](int64_t time) { return To{time_from_1970(time, unit)}; });
}

void fill_unsigned(const std::string&, Arena&, const ArrowArray& column, int64_t first,
                   size_t count, Vector& to) {
  fill_with<Numeric, FixedColumn<uint64_t>>(column, first, count, to,
                                            [](uint64_t value) { return Numeric::of(value); });
}

void fill_decimals(const std::string& format, Arena& arena, const ArrowArray& column, int64_t first,
                   size_t count, Vector& to) {
  const int scale = penstock::decimal_type(format)->scale;
  Run run(arena);
  fill_with<Numeric, FixedColumn<Decimal128>>(column, first, count, to, [&](Decimal128 value) {
    const Int128 coefficient =
        static_cast<Int128>(Uint128{static_cast<uint64_t>(value.high)} << 64 | value.low);
    if (scale >= 0) return Numeric::of(coefficient, static_cast<uint16_t>(scale));
    // Digits before the point that are zeros.
    return *parse_numeric(run, arena.copy(penstock::decimal_text(value, scale)));
  });
}

}  // namespace

InputRows::Fill InputRows::fill_for(const std::string& format) {
  struct Row {
    std::string_view format;
    Fill fill;
  };
  static constexpr Row kFills[]{
      {"u", fill_texts<penstock::TextColumn, Text>},
      {"U", fill_texts<penstock::LargeTextColumn, Text>},
      {"z", fill_texts<penstock::TextColumn, Bytes>},
      {"Z", fill_texts<penstock::LargeTextColumn, Bytes>},
      {"b", fill_booleans},
      {"c", fill_fixed<int8_t, int16_t>},
      {"C", fill_fixed<uint8_t, int16_t>},
      {"s", fill_fixed<int16_t, int16_t>},
      {"S", fill_fixed<uint16_t, int32_t>},
      {"i", fill_fixed<int32_t, int32_t>},
      {"I", fill_fixed<uint32_t, int64_t>},
      {"l", fill_fixed<int64_t, int64_t>},
      {"L", fill_unsigned},
      {"f", fill_fixed<float, float>},
      {"g", fill_fixed<double, double>},
      {"tdD", fill_dates},
  };
  for (const Row& row : kFills) {
    if (row.format == format) return row.fill;
  }
  if (penstock::us_per_unit(format) == 0) return fill_decimals;
  return format.ends_with(':') ? fill_times<Timestamp> : fill_times<Timestamptz>;
}

InputRows::InputRows(const penstock::Schema& schema, const std::vector<size_t>& positions) {
  for (const size_t position : positions)
    columns_.push_back({position, schema[position].format, fill_for(schema[position].format)});
}

void InputRows::fill(Query& query, const ArrowArray& chunk, int64_t first, size_t count) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (!query.reads(i)) continue;
    const Column& column = columns_[i];
    column.fill(column.format, query.arena(), *chunk.children[column.position], first, count,
                query.input()[i].vector());
  }
}

}  // namespace sql
