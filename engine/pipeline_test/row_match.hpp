// Rows that came, held against those that were expected.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace penstock::engine {

// NDJSON lines, each with its place: what is said of a line names it.
struct Row {
  size_t line = 0;
  std::string text;
};
// Empty lines are none.
std::vector<Row> read_rows(const std::string& file);

// What differs, in lines for people; empty when each expected row came, and no other. Order does
// not count. A column that an expected row leaves out is not compared, and
// one that is null there may not be in the row.
// `place` names a line of the expected file, or with 0 the file.
std::string row_differences(const std::vector<Row>& expected, const std::vector<Row>& came,
                            const std::function<std::string(size_t line)>& place);

}  // namespace penstock::engine
