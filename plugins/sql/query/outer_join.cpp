// LEFT JOIN … ON a condition.
#include <cstring>

#include "query/query.hpp"

namespace sql {

// Leaves those rows of a level's piece that the condition keeps.
void Query::keep_joined(size_t depth) {
  LateralFunction& function = functions_[depth - 1];
  Level& level = levels_[depth];
  std::vector<uint32_t>& candidates = selected_[depth];
  candidates.clear();
  auto spare = function.spares.begin();
  for (uint32_t row = 0; row < level.rows; ++row) {
    if (spare != function.spares.end() && *spare == row) ++spare;
    else candidates.push_back(row);
  }
  level.piece = ++piece_;
  of_condition_.start(level.rows);
  Frame rows_of{run_, levels_, depth};
  run_.set_failures(of_condition_);
  const Vector& holds = function.condition->evaluate(rows_of, Rows(candidates));

  size_t kept = 0;
  const auto keep = [&](size_t row) {
    for (VectorMemory& memory : level.columns) {
      Vector& column = memory.vector();
      const size_t bytes = size_of(column.type);
      auto* const values = static_cast<char*>(column.values);
      std::memmove(values + kept * bytes, values + row * bytes, bytes);
      column.nulls[kept] = column.nulls[row];
    }
    for (size_t i = 0; i < depth; ++i) level.ancestors[i][kept] = level.ancestors[i][row];
    ++kept;
  };
  spare = function.spares.begin();
  for (size_t row = 0; row < level.rows; ++row) {
    const uint32_t above = level.ancestors[depth - 1][row];
    if (spare != function.spares.end() && *spare == row) {
      ++spare;
      if (!function.has_match[above] && !failures_[depth - 1].has(above)) keep(row);
    } else if (of_condition_.has(row)) {
      const Failure& failure = of_condition_.of(row);
      failures_[depth - 1].add(above, failure.state, failure.message);
    } else if (!holds.is_null(row) && holds.of<bool>()[holds.at(row)]) {
      function.has_match[above] = 1;
      keep(row);
    }
  }
  function.spares.clear();
  level.rows = kept;
}

}  // namespace sql
