// What the page and `penstock top` show of a running pipeline, as JSON.
#pragma once

#include <string>

#include "observe/history.hpp"
#include "observe/snapshot.hpp"

namespace penstock::engine {

// How it stands now: the service, its accounting, and for each node state, rates, queue, lanes,
// intake. One line.
std::string view_json(const Snapshot& snapshot, const History& history);

// What changes with a reload only: places of nodes and wires for boxes of the page's size, plugins,
// ports, options as the file has them with secrets masked.
std::string graph_json(const Snapshot& snapshot, bool taps_allowed);

// One node's rates of the last 15 minutes.
std::string history_json(const Snapshot& snapshot, const History& history, const std::string& node);

}  // namespace penstock::engine
