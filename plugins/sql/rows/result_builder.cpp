#include "rows/result_builder.hpp"

#include <utility>

namespace sql {

ResultBuilder::ResultBuilder(const std::vector<ColumnName>& columns, ResultForm form) {
  for (const ColumnName& column : columns) {
    columns_.push_back(make_result_column(column.type, form));
    layouts_.push_back(*penstock::column_layout(result_field(column, form).format));
  }
}

ResultBuilder::~ResultBuilder() {
  for (ArrowArray& piece : closed_) piece.release(&piece);
}

void ResultBuilder::append(const ResultRows& rows) {
  for (size_t begin = 0; begin < rows.rows.count();) {
    const size_t count = std::min(rows.rows.count() - begin, kMostRows - rows_);
    const Rows part = rows.rows.part(begin, count);
    for (size_t i = 0; i < columns_.size(); ++i) columns_[i]->append(*rows.columns[i], part);
    rows_ += count;
    begin += count;
    const size_t bytes = bytes_of_open();
    if (bytes_ + bytes > kMostBytesToForget) throw OutOfMemory();
    if (rows_ < kMostRows && bytes < kMostBytes) continue;
    bytes_ += bytes;
    close();
  }
}

void ResultBuilder::keep() {
  kept_closed_ = closed_.size();
  kept_rows_ = rows_;
  bytes_ = 0;
}

void ResultBuilder::forget() {
  bytes_ = 0;
  if (closed_.size() == kept_closed_) {
    for (const auto& column : columns_) column->truncate(kept_rows_);
    rows_ = kept_rows_;
    return;
  }
  // The first that was closed since then begins with rows that are good.
  if (kept_rows_ > 0) {
    ArrowArray good = first_rows(closed_[kept_closed_], kept_rows_);
    std::swap(good, closed_[kept_closed_]);
    good.release(&good);
    ++kept_closed_;
  }
  while (closed_.size() > kept_closed_) {
    closed_.back().release(&closed_.back());
    closed_.pop_back();
  }
  for (const auto& column : columns_) column->truncate(0);
  rows_ = kept_rows_ = 0;
}

std::vector<ArrowArray> ResultBuilder::take_full() {
  kept_closed_ = 0;
  return std::exchange(closed_, {});
}

std::vector<ArrowArray> ResultBuilder::take_all() {
  if (rows_ > 0) close();
  keep();
  return take_full();
}

void ResultBuilder::close() {
  penstock::Columns columns(columns_.size());
  for (const auto& column : columns_) columns.add(column->finish());
  closed_.push_back(penstock::make_rows(static_cast<int64_t>(rows_), columns));
  rows_ = 0;
}

ArrowArray ResultBuilder::first_rows(const ArrowArray& piece, size_t rows) const {
  penstock::Columns columns(layouts_.size());
  for (size_t i = 0; i < layouts_.size(); ++i) {
    columns.add(penstock::copy_column(layouts_[i], rows, [&](size_t row) {
      return penstock::ColumnRow{piece.children[i], static_cast<int64_t>(row)};
    }));
  }
  return penstock::make_rows(static_cast<int64_t>(rows), columns);
}

size_t ResultBuilder::bytes_of_open() {
  size_t bytes = 0;
  for (const auto& column : columns_) bytes += column->bytes();
  return bytes;
}

}  // namespace sql
