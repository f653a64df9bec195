// What a changed file makes of a running pipeline, until it takes the place of what runs.
#pragma once

#include <algorithm>
#include <vector>

#include "flow/source_node.hpp"
#include "pipeline/build.hpp"

namespace penstock::engine {

struct Change {
  PipelineDescription description;
  Parts parts;
  std::vector<SourceNode*> waiting;  // new ones whose intake's folder is still in use

  bool keeps(const SourceNode& source) const {
    return std::any_of(parts.kept.begin(), parts.kept.end(),
                       [&](const KeptSource& each) { return each.source == &source; });
  }
};

}  // namespace penstock::engine
