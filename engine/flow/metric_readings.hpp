// A node's plugin metrics, over all of its instances.
#pragma once

#include <string>

#include "flow/node.hpp"

namespace penstock::engine {

// The sum; for a PENSTOCK_FLAG 1 if it is set in every instance.
double number_of(const Node& node, size_t metric);
HistogramReading histogram_of(const Node& node, size_t metric);
std::string label_of(const Node& node, size_t metric);

}  // namespace penstock::engine
