// `penstock init`: a pipeline file to begin with, in which every option of its plugins stands with
// its help and its default.
#pragma once

#include <string>
#include <vector>

#include "config/result.hpp"
#include "plugin/catalog.hpp"

namespace penstock::engine {

// Names of plugins, which may be short (Catalog::names_for).
struct StarterParts {
  std::string from;
  std::vector<std::string> via;  // transforms, in the order of the flow; empty: the usual ones
  std::string to;
  std::string rejected;  // a sink for what the others reject; empty: a file
};

Result<std::string> starter_file(Catalog& catalog, const StarterParts& parts);

}  // namespace penstock::engine
