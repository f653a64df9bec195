// The values of an expression for the rows of a piece.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "values/values.hpp"

namespace sql {

// Rows that are worked on at once.
inline constexpr size_t kPieceRows = 1024;

// Row numbers, rising: those given, or `count` in a row.
class Rows {
 public:
  explicit Rows(size_t count) : count_(count) {}
  explicit Rows(std::span<const uint32_t> index) : index_(index.data()), count_(index.size()) {}

  size_t count() const { return count_; }
  size_t operator[](size_t i) const { return index_ ? index_[i] : first_ + i; }
  // `count` of them, from the i-th on.
  Rows part(size_t i, size_t count) const {
    Rows part(count);
    if (index_) part.index_ = index_ + i;
    else part.first_ = first_ + i;
    return part;
  }

  template <class Call>
  void for_each(Call&& call) const {
    if (index_ == nullptr) {
      for (size_t row = first_; row < first_ + count_; ++row) call(row);
    } else {
      for (size_t i = 0; i < count_; ++i) call(static_cast<size_t>(index_[i]));
    }
  }

 private:
  const uint32_t* index_ = nullptr;
  size_t first_ = 0;  // where there is no index
  size_t count_;
};

// A constant has one value, which stands for all rows.
struct Vector {
  Type type;
  void* values = nullptr;
  uint8_t* nulls = nullptr;  // a byte each: 1 is NULL
  bool is_constant = false;
  bool may_be_null = true;

  template <class T>
  T* of() const {
    return static_cast<T*>(values);
  }
  // A value of any type.
  const void* value(size_t row) const {
    return static_cast<const char*>(values) + at(row) * size_of(type);
  }
  size_t at(size_t row) const { return is_constant ? 0 : row; }
  bool is_null(size_t row) const { return may_be_null && nulls[at(row)] != 0; }
};

// The memory of a vector of kPieceRows values, which is made once.
class VectorMemory {
 public:
  explicit VectorMemory(Type type, size_t rows = kPieceRows)
      : values_(std::aligned_alloc(64, (size_of(type) * rows + 63) / 64 * 64)), nulls_(rows, 0) {
    vector_.type = type;
    vector_.values = values_.get();
    vector_.nulls = nulls_.data();
  }
  Vector& vector() { return vector_; }
  const Vector& vector() const { return vector_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> values_;
  std::vector<uint8_t> nulls_;
  Vector vector_;
};

}  // namespace sql
