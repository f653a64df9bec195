// Encodes columns of numbers, times and booleans for types of fixed size.
#pragma once

#include <penstock/columns.hpp>

#include "column_encoder.hpp"
#include "wire.hpp"

namespace timescale_sink {

// The reader for an Arrow column of T (penstock/columns.hpp).
template <class T>
struct ColumnOf {
  using Type = penstock::FixedColumn<T>;
};
template <>
struct ColumnOf<bool> {
  using Type = penstock::BoolColumn;
};

// `Convert` turns a `From` into its `Wire`, which the type's receive function reads. `fits` tells
// whether it can, and `fault` why not. kAlwaysFits: it always can.
template <class From, class Convert>
class FixedEncoder final : public ColumnEncoder {
 public:
  using Wire = typename Convert::Wire;

  explicit FixedEncoder(Convert convert) : convert_(convert) {}

  void judge(const ArrowArray& values, int64_t rows, Judgement& to) const override {
    if constexpr (!Convert::kAlwaysFits) {
      const Column column(values);
      for (int64_t row = 0; row < rows; ++row) {
        if (convert_.fits(column[row]) || !column.valid(row)) continue;
        to.unfit.push_back({row, convert_.fault(column[row])});
      }
    }
  }

  void measure(const ColumnChunk& chunk, RowNumbers rows, uint32_t* bytes) override {
    const Column column(chunk.values);
    for (size_t i = 0; i < rows.size(); ++i) {
      bytes[i] += kLengthBytes + (column.valid(rows[i]) ? sizeof(Wire) : 0);
    }
  }

  void write(const ColumnChunk& chunk, RowNumbers rows, char** at) override {
    const Column column(chunk.values);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (column.valid(rows[i])) {
        put(at[i], static_cast<int32_t>(sizeof(Wire)));
        put(at[i], convert_(column[rows[i]]));
      } else {
        put(at[i], kNullLength);
      }
    }
  }

 private:
  using Column = typename ColumnOf<From>::Type;

  const Convert convert_;
};

}  // namespace timescale_sink
