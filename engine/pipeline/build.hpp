// A pipeline's description made into nodes and the edges between them.
#pragma once

#include <memory>
#include <vector>

#include "config/pipeline_description.hpp"
#include "flow/graph.hpp"
#include "provenance/budget.hpp"

namespace penstock::engine {

class SourceNode;

// A source that a running pipeline has already, and the edges that are to leave each of its ports.
struct KeptSource {
  SourceNode* source = nullptr;
  std::vector<std::vector<Edge>> edges;
  std::vector<ShownOption> options;  // as its file has them now
  NamedOptions buffer;               // its intake's
};

struct Parts {
  std::vector<std::unique_ptr<SourceNode>> sources;  // those that are new
  std::vector<KeptSource> kept;
  std::unique_ptr<Graph> graph;
  std::vector<Node*> nodes;  // all, in the order of the flow
};

// Takes the nodes out of `description`. A source that one of `running` already is, with the same
// options and intake, is kept. `budget` must outlive the sources.
Parts build(PipelineDescription& description,
            const std::vector<std::unique_ptr<SourceNode>>& running, Budget& budget);

}  // namespace penstock::engine
