// What a drawing says of a node and of an edge.
#pragma once

#include <string>
#include <vector>

#include "config/pipeline_description.hpp"

namespace penstock::engine {

// Its name, its plugin, then what sets it apart. No option's value.
std::vector<std::string> lines_of(const NodeDescription& node);

// The port by which rows leave, unless it is the usual one.
std::string label_of(const NodeDescription& from, size_t port);

}  // namespace penstock::engine
