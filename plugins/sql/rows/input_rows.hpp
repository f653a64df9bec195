// From a chunk of Arrow columns to the vectors that a query reads.
#pragma once

#include <penstock/arrow.h>
#include <penstock/schema.hpp>

#include <string>
#include <vector>

#include "query/query.hpp"

namespace sql {

class InputRows {
 public:
  // Of a chunk with this schema the columns at `positions`, in the order of the query's.
  InputRows(const penstock::Schema& schema, const std::vector<size_t>& positions);

  // `count` rows from `first` on into the query's input. Texts point into the chunk.
  void fill(Query& query, const ArrowArray& chunk, int64_t first, size_t count) const;

 private:
  using Fill = void (*)(const std::string& format, Arena& arena, const ArrowArray& column,
                        int64_t first, size_t count, Vector& to);
  struct Column {
    size_t position;
    std::string format;
    Fill fill;
  };
  static Fill fill_for(const std::string& format);

  std::vector<Column> columns_;
};

}  // namespace sql
