// Rows that came, held against those that were expected.
#pragma once

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
// not count. A column that an expected row leaves out is not compared.
// `name` is the expected file's.
std::string row_differences(const std::vector<Row>& expected, const std::vector<Row>& came,
                            const std::string& name);

}  // namespace penstock::engine
