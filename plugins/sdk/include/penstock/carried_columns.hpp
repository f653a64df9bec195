// Columns that a transform passes on: it makes rows of rows, and what it does not read goes with
// each of them as it came.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "penstock/batch.hpp"
#include "penstock/column_layout.hpp"
#include "penstock/schema.hpp"

namespace penstock {

// The columns of `input` that are neither `read` nor have a name that `made` has, and whose type
// can be copied.
inline Schema carried_columns(const Schema& input, const Schema& read, const Schema& made) {
  const auto has = [](const Schema& schema, const std::string& name) {
    return std::any_of(schema.begin(), schema.end(),
                       [&](const Field& field) { return field.name == name; });
  };
  Schema carried;
  for (const Field& field : input) {
    if (has(read, field.name) || has(made, field.name) || !column_layout(field.format)) continue;
    carried.push_back(field);
  }
  return carried;
}

// Their values for the rows that are made of one chunk. One thread.
class CarriedColumns {
 public:
  explicit CarriedColumns(Schema carried) : schema_(std::move(carried)) {
    for (const Field& field : schema_) layouts_.push_back(*column_layout(field.format));
  }

  bool empty() const { return schema_.empty(); }
  size_t count() const { return layouts_.size(); }

  // Before the rows of a chunk; forgets those that were made and not finished.
  void start_chunk(const Batch& batch, size_t chunk) {
    columns_.clear();
    forget();
    for (const Field& field : schema_) {
      columns_.push_back(batch.chunk(chunk).children[batch.column(field.name)]);
    }
  }
  // What is made from here on, behind `rows` rows, is made of `row`.
  void start_row(int64_t row, size_t rows) {
    note(rows);
    row_ = row;
    row_bytes_ = bytes_of(row);
  }
  // What `rows` rows take, which were made so far.
  size_t bytes(size_t rows) const { return bytes_ + (rows - origins_.size()) * row_bytes_; }
  // Adds the columns of `rows` rows, which were made so far, and forgets these.
  void finish(Columns& to, size_t rows) {
    note(rows);
    for (size_t i = 0; i < layouts_.size(); ++i) {
      to.add(copy_column(layouts_[i], origins_.size(), [&](size_t at) {
        return ColumnRow{columns_[i], origins_[at]};
      }));
    }
    forget();
  }

 private:
  void note(size_t rows) {
    bytes_ = bytes(rows);
    origins_.resize(rows, row_);
  }
  void forget() {
    origins_.clear();
    bytes_ = 0;
  }
  size_t bytes_of(int64_t row) const {
    size_t bytes = 0;
    for (size_t i = 0; i < layouts_.size(); ++i) {
      const ColumnLayout& layout = layouts_[i];
      if (layout.kind == ColumnLayout::kText) {
        bytes += sizeof(int32_t) + TextColumn(*columns_[i])[row].size();
      } else if (layout.kind == ColumnLayout::kLargeText) {
        bytes += sizeof(int64_t) + LargeTextColumn(*columns_[i])[row].size();
      } else {
        bytes += std::max<size_t>(layout.width, 1);
      }
    }
    return bytes;
  }

  const Schema schema_;
  std::vector<ColumnLayout> layouts_;
  std::vector<const ArrowArray*> columns_;  // of the chunk
  std::vector<int64_t> origins_;            // the row that each is made of, but for the last's
  size_t bytes_ = 0;                        // of these
  int64_t row_ = 0;                         // that the others are made of
  size_t row_bytes_ = 0;                    // of one of them
};

}  // namespace penstock
