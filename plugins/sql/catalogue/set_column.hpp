// Columns of a function in FROM.
#pragma once

#include "evaluation/vector.hpp"

namespace sql {

template <class T>
void put(Vector& column, size_t at, const T& value) {
  column.of<T>()[at] = value;
  column.nulls[at] = 0;
}

}  // namespace sql
