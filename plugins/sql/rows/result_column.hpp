// One column of a result, under construction.
#pragma once

#include <penstock/arrow.h>

#include <memory>

#include "evaluation/vector.hpp"
#include "rows/column_types.hpp"

namespace sql {

class ResultColumn {
 public:
  virtual ~ResultColumn() = default;
  virtual void append(const Vector& values, const Rows& rows) = 0;
  // Forgets the rows from `rows` on.
  virtual void truncate(size_t rows) = 0;
  // What it takes so far.
  virtual size_t bytes() = 0;
  // Hands its rows over, and begins anew.
  virtual ArrowArray finish() = 0;
};

// Of the format that result_field (column_types.hpp) says.
std::unique_ptr<ResultColumn> make_result_column(Type type, ResultForm form);

}  // namespace sql
