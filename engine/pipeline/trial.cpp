#include "pipeline/trial.hpp"

#include "flow/transform_node.hpp"
#include "pipeline/pipeline.hpp"

namespace penstock::engine {

void try_nodes(PipelineDescription description, Problems& problems) {
  const Pipeline pipeline(std::move(description));
  for (Node* node : pipeline.nodes()) {
    std::string error;
    auto* transform = dynamic_cast<TransformNode*>(node);
    const bool made = node->create_instances(error) && (!transform || transform->start(error));
    if (!made) problems.add(node->description().at, error);
  }
}

}  // namespace penstock::engine
