#include "evaluation/rows_of_values.hpp"

#include <cstring>

namespace sql {
namespace {

class RowsOfValues : public SetCall {
 public:
  explicit RowsOfValues(size_t rows) : rows_(rows) {}

  void start(Run&, Arguments arguments, size_t row) override {
    arguments_ = arguments;
    row_ = row;
    next_ = 0;
  }
  bool next(Run&, std::span<Vector* const> columns, size_t at) override {
    if (next_ == rows_) return false;
    for (size_t i = 0; i < columns.size(); ++i) {
      const Vector& value = *arguments_[next_ * columns.size() + i];
      Vector& column = *columns[i];
      column.nulls[at] = value.is_null(row_);
      if (column.nulls[at]) continue;
      const size_t bytes = size_of(column.type);
      std::memcpy(static_cast<char*>(column.values) + at * bytes, value.value(row_), bytes);
    }
    ++next_;
    return true;
  }

 private:
  const size_t rows_;
  Arguments arguments_;
  size_t row_ = 0, next_ = 0;
};

}  // namespace

std::unique_ptr<SetCall> make_rows_of_values(size_t rows) {
  return std::make_unique<RowsOfValues>(rows);
}

}  // namespace sql
