// A plugin's declaration, for people.
#pragma once

#include <penstock/plugin.h>

#include <string>

namespace penstock::engine {

// Its summary, ports, columns, options and metrics, as tables.
std::string describe(const penstock_plugin& plugin);

}  // namespace penstock::engine
