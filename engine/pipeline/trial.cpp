#include "pipeline/trial.hpp"

#include "pipeline/pipeline.hpp"

namespace penstock::engine {

void try_nodes(PipelineDescription description, Problems& problems) {
  const Pipeline pipeline(std::move(description));
  for (Node* node : pipeline.nodes()) {
    if (const auto tried = node->try_out(); !tried) {
      problems.add(node->description().at, tried.error());
    }
  }
}

}  // namespace penstock::engine
