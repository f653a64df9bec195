#include "pipeline/trial.hpp"

#include "pipeline/pipeline.hpp"

namespace penstock::engine {

void try_nodes(PipelineDescription description, Problems& problems) {
  const Pipeline pipeline(std::move(description));
  for (Node* node : pipeline.nodes()) {
    std::string error;
    if (!node->try_out(error)) problems.add(node->description().at, error);
  }
}

}  // namespace penstock::engine
