// The rows of a result, as Arrow columns in pieces of bounded size.
#pragma once

#include <penstock/column_layout.hpp>

#include <memory>
#include <vector>

#include "query/query.hpp"
#include "rows/column_types.hpp"
#include "rows/result_column.hpp"

namespace sql {

class ResultBuilder {
 public:
  ResultBuilder(const std::vector<ColumnName>& columns, ResultForm form);
  ~ResultBuilder();
  ResultBuilder(const ResultBuilder&) = delete;

  // Throws OutOfMemory when what was added since `keep` takes more than it may.
  void append(const ResultRows& rows);
  // What was added since the last call is good.
  void keep();
  // It is not.
  void forget();
  // The pieces that are full, or all that there is. Whoever takes them releases them.
  std::vector<ArrowArray> take_full();
  std::vector<ArrowArray> take_all();

 private:
  static constexpr size_t kMostRows = 10'000;  // of a piece
  static constexpr size_t kMostBytes = 64 << 20;
  static constexpr size_t kMostBytesToForget = 256 << 20;

  void close();
  ArrowArray first_rows(const ArrowArray& piece, size_t rows) const;
  size_t bytes_of_open();

  std::vector<std::unique_ptr<ResultColumn>> columns_;
  std::vector<penstock::ColumnLayout> layouts_;
  std::vector<ArrowArray> closed_;
  size_t rows_ = 0;   // of the piece that is open
  size_t bytes_ = 0;  // of the pieces that were closed since `keep`
  // As it was then.
  size_t kept_closed_ = 0, kept_rows_ = 0;
};

}  // namespace sql
