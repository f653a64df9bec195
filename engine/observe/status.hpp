// /status: the engine's own section, then one for each node.
#pragma once

#include <string>

#include "observe/snapshot.hpp"

namespace penstock::engine {

std::string status_json(const Snapshot& snapshot);

}  // namespace penstock::engine
