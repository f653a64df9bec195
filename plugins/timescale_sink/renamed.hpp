// The option `columns`: which columns of a batch go into which columns of the table.
#pragma once

#include <penstock/schema.hpp>

#include <set>
#include <string>
#include <vector>

namespace timescale_sink {

// The table's column `to` takes the batch's column `from`.
struct Renamed {
  std::string to, from;
};

// Parses "to=from", or "name" for both.
Renamed renamed(const std::string& text);
// What is wrong with them, for a node with these inputs; no inputs: they are not known.
std::vector<std::string> faults_of_columns(const std::vector<std::string>& columns,
                                           const std::vector<penstock::Schema>& inputs);
// The table's columns that get values; without `columns`, those of the inputs.
std::set<std::string> filled_columns(const std::vector<std::string>& columns,
                                     const std::vector<penstock::Schema>& inputs);

}  // namespace timescale_sink
