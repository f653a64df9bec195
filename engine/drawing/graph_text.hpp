// A pipeline's graph as text that other programs draw.
#pragma once

#include <string>

#include "config/pipeline_description.hpp"

namespace penstock::engine {

// For Mermaid, which GitHub and GitLab draw in a ```mermaid block. No option's value is in it, so
// no secret either.
std::string mermaid_graph(const PipelineDescription& pipeline);

// For Graphviz: dot -Tsvg.
std::string dot_graph(const PipelineDescription& pipeline);

}  // namespace penstock::engine
