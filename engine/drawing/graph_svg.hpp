// A pipeline's graph as a picture.
#pragma once

#include <functional>
#include <string>

#include "config/pipeline_description.hpp"
#include "drawing/layered_layout.hpp"

namespace penstock::engine {

// Where each node of `nodes` lies, and each of their inputs, in order. `box_of` says how large a
// node is; all get the width of the widest.
Layout graph_layout(const std::vector<const NodeDescription*>& nodes,
                    const std::function<Box(const NodeDescription&)>& box_of);

// An SVG document that needs nothing besides itself; dark where its reader is.
std::string svg_graph(const PipelineDescription& pipeline);

}  // namespace penstock::engine
