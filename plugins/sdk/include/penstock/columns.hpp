// Reading the columns of a record batch, in place.
#pragma once

#include <cstdint>
#include <string_view>

#include "penstock/arrow.h"

namespace penstock {

namespace detail {
inline bool is_valid(const ArrowArray& column, int64_t row) {
  const auto* bits = static_cast<const uint8_t*>(column.buffers[0]);
  if (bits == nullptr) return true;
  const int64_t at = row + column.offset;
  return (bits[at / 8] >> (at % 8)) & 1;
}
}  // namespace detail

// A column of numbers or timestamps. `T` is the storage type of the column's format:
// int16_t for "s", double for "g", int64_t for "l" and "tsu:…", int32_t for "tdD", Decimal128
// (penstock/decimal.hpp) for "d:…".
// A view: valid as long as the batch it was taken from.
template <class T>
class FixedColumn {
 public:
  explicit FixedColumn(const ArrowArray& column)
      : column_(&column), values_(static_cast<const T*>(column.buffers[1]) + column.offset) {}

  bool valid(int64_t row) const { return detail::is_valid(*column_, row); }
  T operator[](int64_t row) const { return values_[row]; }

 private:
  const ArrowArray* column_;
  const T* values_;
};

// A column of truth values ("b"). A view, as above.
class BoolColumn {
 public:
  explicit BoolColumn(const ArrowArray& column)
      : column_(&column), bits_(static_cast<const uint8_t*>(column.buffers[1])) {}

  bool valid(int64_t row) const { return detail::is_valid(*column_, row); }
  bool operator[](int64_t row) const {
    const int64_t at = row + column_->offset;
    return (bits_[at / 8] >> (at % 8)) & 1;
  }

 private:
  const ArrowArray* column_;
  const uint8_t* bits_;
};

// A column of texts or bytes; `Offset` is int32_t for utf8 and binary ("u", "z"), int64_t for
// large_utf8 and large_binary ("U", "Z"). A view, as above.
template <class Offset>
class BasicTextColumn {
 public:
  explicit BasicTextColumn(const ArrowArray& column)
      : column_(&column),
        offsets_(static_cast<const Offset*>(column.buffers[1]) + column.offset),
        bytes_(static_cast<const char*>(column.buffers[2])) {}

  bool valid(int64_t row) const { return detail::is_valid(*column_, row); }
  std::string_view operator[](int64_t row) const {
    return {bytes_ + offsets_[row], static_cast<size_t>(offsets_[row + 1] - offsets_[row])};
  }

 private:
  const ArrowArray* column_;
  const Offset* offsets_;
  const char* bytes_;
};
using TextColumn = BasicTextColumn<int32_t>;
using LargeTextColumn = BasicTextColumn<int64_t>;

}  // namespace penstock
