// The steps from the [nodes] table to a checked graph.
#pragma once

#include <toml++/toml.h>

#include <vector>

#include "config/interpolate.hpp"
#include "config/pipeline_description.hpp"

namespace penstock::engine {

// One description a node, in the order of their names, with plugin, options and ports.
std::vector<NodeDescription> read_nodes(const toml::table& nodes, const FindNodeType& find,
                                        const std::string& service, const Lookup& lookup,
                                        Problems& problems);

// Connects the nodes by their `inputs` and puts them into the order of the flow.
// Returns false when that order doesn't exist or an input is unknown.
bool connect_nodes(const toml::table& tables, std::vector<NodeDescription>& nodes,
                   Problems& problems);

// Works out every port's schema and refuses edges whose ends don't fit.
void check_schemas(std::vector<NodeDescription>& nodes, const std::string& service,
                   Problems& problems);

}  // namespace penstock::engine
