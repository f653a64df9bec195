// Building the columns of a record batch.
//
// A builder grows by doubling and hands its memory over when finished, so a batch costs
// a handful of allocations however many rows it has. Buffers end with PENSTOCK_PADDING
// readable bytes.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "penstock/plugin.h"

namespace penstock {

// Bytes that grow. `T` is trivially copyable; nothing is initialised.
template <class T>
class Buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Buffer() { std::free(begin_); }

  size_t size() const { return size_; }
  T* data() { return begin_; }
  const T* data() const { return begin_; }
  T& operator[](size_t i) { return begin_[i]; }
  void clear() { size_ = 0; }
  // Forgets what lies at `size` and beyond.
  void truncate(size_t size) { size_ = size; }

  // Room for `count` more: writes up to that many may go to the result unchecked, and
  // are made part of the buffer by `grow`.
  T* room(size_t count) {
    if (size_ + count > capacity_) reallocate(size_ + count);
    return begin_ + size_;
  }
  void grow(size_t count) { size_ += count; }

  void push(T value) {
    *room(1) = value;
    ++size_;
  }
  void append(const T* from, size_t count) {
    if (count == 0) return;
    std::memcpy(room(count), from, count * sizeof(T));
    size_ += count;
  }

  // Hands the memory over, for std::free.
  T* release() {
    room(1);
    size_ = capacity_ = 0;
    return std::exchange(begin_, nullptr);
  }

 private:
  void reallocate(size_t needed) {
    size_t capacity = capacity_ ? capacity_ * 2 : 64;
    if (capacity < needed) capacity = needed;
    void* grown = std::realloc(begin_, capacity * sizeof(T) + PENSTOCK_PADDING);
    if (grown == nullptr) throw std::bad_alloc();
    begin_ = static_cast<T*>(grown);
    capacity_ = capacity;
  }

  T* begin_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

namespace detail {

// What an exported column owns; its array's private_data.
struct ExportedColumn {
  const void* buffers[3] = {nullptr, nullptr, nullptr};
};

inline void release_column(ArrowArray* array) {
  auto* owned = static_cast<ExportedColumn*>(array->private_data);
  for (const void* buffer : owned->buffers) std::free(const_cast<void*>(buffer));
  delete owned;
  array->release = nullptr;
}

// Which rows are not null; empty as long as none is.
class Validity {
 public:
  void push_null(size_t row) {
    if (null_count_++ == 0) bits_.clear();
    fill(row);
    bits_[row / 8] &= static_cast<uint8_t>(~(1u << (row % 8)));
  }
  void* release(size_t rows) {
    if (null_count_ == 0) return nullptr;
    if (rows > 0) fill(rows - 1);
    return bits_.release();
  }
  int64_t null_count() const { return null_count_; }
  // Forgets the rows from `rows` on, of `old_rows`.
  void truncate(size_t rows, size_t old_rows) {
    for (size_t row = rows; row < old_rows && null_count_ > 0 && row / 8 < bits_.size(); ++row) {
      const auto bit = static_cast<uint8_t>(1u << (row % 8));
      if (!(bits_[row / 8] & bit)) --null_count_;
      bits_[row / 8] |= bit;
    }
  }
  void clear() { null_count_ = 0; }

 private:
  void fill(size_t row) {
    while (bits_.size() <= row / 8) bits_.push(0xFF);
  }

  Buffer<uint8_t> bits_;
  int64_t null_count_ = 0;
};

}  // namespace detail

// A column of numbers or timestamps (see FixedColumn for `T`).
template <class T>
class FixedBuilder {
 public:
  void reserve(size_t rows) { values_.room(rows); }
  void push(T value) { values_.push(value); }
  void push_null() {
    validity_.push_null(values_.size());
    values_.push(T{});
  }
  size_t rows() const { return values_.size(); }
  // Forgets the rows from `rows` on.
  void truncate(size_t rows) {
    validity_.truncate(rows, values_.size());
    values_.truncate(rows);
  }
  ArrowArray finish() {
    auto owned = std::make_unique<detail::ExportedColumn>();
    ArrowArray array = {};
    array.length = static_cast<int64_t>(values_.size());
    array.null_count = validity_.null_count();
    array.n_buffers = 2;
    owned->buffers[0] = validity_.release(values_.size());
    owned->buffers[1] = values_.release();
    array.buffers = owned->buffers;
    array.release = detail::release_column;
    array.private_data = owned.release();
    validity_.clear();
    return array;
  }

 private:
  Buffer<T> values_;
  detail::Validity validity_;
};

// A column of truth values.
class BoolBuilder {
 public:
  void push(bool value) {
    if (rows_ % 8 == 0) bits_.push(0);
    if (value) bits_[rows_ / 8] |= static_cast<uint8_t>(1u << (rows_ % 8));
    ++rows_;
  }
  void push_null() {
    validity_.push_null(rows_);
    push(false);
  }
  size_t rows() const { return rows_; }
  // Forgets the rows from `rows` on.
  void truncate(size_t rows) {
    validity_.truncate(rows, rows_);
    rows_ = rows;
    bits_.truncate((rows + 7) / 8);
    if (rows % 8 != 0) bits_[rows / 8] &= static_cast<uint8_t>((1u << (rows % 8)) - 1);
  }
  ArrowArray finish() {
    auto owned = std::make_unique<detail::ExportedColumn>();
    ArrowArray array = {};
    array.length = static_cast<int64_t>(rows_);
    array.null_count = validity_.null_count();
    array.n_buffers = 2;
    owned->buffers[0] = validity_.release(rows_);
    owned->buffers[1] = bits_.release();
    array.buffers = owned->buffers;
    array.release = detail::release_column;
    array.private_data = owned.release();
    validity_.clear();
    rows_ = 0;
    return array;
  }

 private:
  Buffer<uint8_t> bits_;
  detail::Validity validity_;
  size_t rows_ = 0;
};

// A column of texts or bytes; `Offset` as of BasicTextColumn. A value may be pushed whole, or
// written in pieces to `bytes()` and closed with `end_value`.
template <class Offset>
class BasicTextBuilder {
 public:
  void reserve(size_t rows, size_t bytes) {
    offsets_.room(rows + 1);
    bytes_.room(bytes);
  }
  void push(std::string_view text) {
    bytes_.append(text.data(), text.size());
    end_value();
  }
  void push_null() {
    validity_.push_null(rows());
    end_value();
  }
  Buffer<char>& bytes() { return bytes_; }
  // Throws std::length_error when the column outgrows offsets of 32 bits.
  void end_value() {
    if constexpr (sizeof(Offset) == 4) {
      if (bytes_.size() > INT32_MAX) throw std::length_error("a column is larger than 2 GiB");
    }
    if (offsets_.size() == 0) offsets_.push(0);
    offsets_.push(static_cast<Offset>(bytes_.size()));
  }
  size_t rows() const { return offsets_.size() == 0 ? 0 : offsets_.size() - 1; }
  // Forgets the rows from `rows` on, and what was written for the one after them.
  void truncate(size_t rows) {
    if (offsets_.size() == 0) {
      bytes_.clear();
      return;
    }
    validity_.truncate(rows, this->rows());
    offsets_.truncate(rows + 1);
    bytes_.truncate(static_cast<size_t>(offsets_[rows]));
  }

  ArrowArray finish() {
    if (offsets_.size() == 0) offsets_.push(0);
    auto owned = std::make_unique<detail::ExportedColumn>();
    ArrowArray array = {};
    array.length = static_cast<int64_t>(rows());
    array.null_count = validity_.null_count();
    array.n_buffers = 3;
    owned->buffers[0] = validity_.release(rows());
    owned->buffers[1] = offsets_.release();
    owned->buffers[2] = bytes_.release();
    array.buffers = owned->buffers;
    array.release = detail::release_column;
    array.private_data = owned.release();
    validity_.clear();
    return array;
  }

 private:
  Buffer<Offset> offsets_;
  Buffer<char> bytes_;
  detail::Validity validity_;
};
using TextBuilder = BasicTextBuilder<int32_t>;
using LargeTextBuilder = BasicTextBuilder<int64_t>;

namespace detail {

struct ExportedRows {
  std::vector<ArrowArray> columns;
  std::vector<ArrowArray*> pointers;
  const void* validity = nullptr;
};

inline void release_rows(ArrowArray* array) {
  auto* owned = static_cast<ExportedRows*>(array->private_data);
  for (ArrowArray& column : owned->columns) {
    if (column.release) column.release(&column);
  }
  delete owned;
  array->release = nullptr;
}

}  // namespace detail

// Columns on their way into a record batch, released when it does not come about.
class Columns {
 public:
  explicit Columns(size_t count) { arrays_.reserve(count); }
  Columns(const Columns&) = delete;
  Columns& operator=(const Columns&) = delete;
  ~Columns() {
    for (ArrowArray& array : arrays_) array.release(&array);
  }
  // At most `count`.
  void add(ArrowArray array) { arrays_.push_back(array); }
  std::vector<ArrowArray>& arrays() { return arrays_; }

 private:
  std::vector<ArrowArray> arrays_;
};

// A record batch of these columns, which it takes over; all have `rows` rows.
inline ArrowArray make_rows(int64_t rows, std::vector<ArrowArray>&& columns) {
  auto owned = std::make_unique<detail::ExportedRows>();
  owned->pointers.reserve(columns.size());
  owned->columns = std::move(columns);
  columns.clear();
  for (ArrowArray& column : owned->columns) owned->pointers.push_back(&column);
  ArrowArray array = {};
  array.length = rows;
  array.n_buffers = 1;
  array.buffers = &owned->validity;
  array.n_children = static_cast<int64_t>(owned->columns.size());
  array.children = owned->pointers.data();
  array.release = detail::release_rows;
  array.private_data = owned.release();
  return array;
}
inline ArrowArray make_rows(int64_t rows, Columns& columns) {
  return make_rows(rows, std::move(columns.arrays()));
}

}  // namespace penstock
