// The steps from the [nodes] table to a checked graph.
#pragma once

#include <toml++/toml.h>

#include <vector>

#include "config/interpolate.hpp"
#include "config/pipeline_description.hpp"

namespace penstock::engine {

// One description a node, in the order of their names, with plugin, options and ports.
std::vector<NodeDescription> read_nodes(const toml::table& nodes, const FindNodeType& find,
                                        const Lookup& lookup, Problems& problems);
void read_buffer(const toml::table& table, const Lookup& lookup, NodeDescription& node,
                 Problems& problems);

// One spelling of a file or folder that may not be there yet.
std::string plain_path(const std::string& path);
// Refuses two sources with one folder.
void check_folders(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                   Problems& problems);
// Refuses two nodes that would hold the same thing, such as a session.
void check_identities(const std::vector<NodeDescription>& nodes, Problems& problems);
int32_t intake_of(const BufferOptions& buffer);  // penstock_intake

// Which intakes reach which nodes.
void note_intakes(std::vector<NodeDescription>& nodes);
// What the plugins of these kinds (penstock_kind) have to say of their options.
void check_options(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                   const std::set<int32_t>& kinds, const ServiceOptions& service,
                   Problems& problems);
// What they find outside: addresses, logins, rights. Of a file that has no errors; takes time.
void check_connections(const toml::table& tables, const std::vector<NodeDescription>& nodes,
                       const ServiceOptions& service, Problems& problems);
// Whether a disk intake can be made, and has room.
void check_intake_folder(const toml::table& tables, const NodeDescription& node,
                         Problems& problems);

// Connects the nodes by their `inputs` and puts them into the order of the flow.
// Returns false when that order doesn't exist or an input is unknown.
bool connect_nodes(const toml::table& tables, std::vector<NodeDescription>& nodes,
                   Problems& problems);

// Works out every port's schema and refuses edges whose ends don't fit.
void check_schemas(std::vector<NodeDescription>& nodes, const std::string& service,
                   Problems& problems);

// Leaves out what the rows of `first` do not reach.
void keep_reached(toml::table& nodes, const std::string& first);
void set_inputs(toml::table& node, const std::vector<std::string>& inputs);

// Warnings.
void lint(const toml::table& root, const PipelineDescription& pipeline, Problems& problems);

}  // namespace penstock::engine
