// A folder that an operator names for plugins.
#pragma once

#include <string>

namespace penstock::engine {

// What keeps plugins from being found in it: "there is no folder /opt/x". Empty: nothing.
std::string fault_of_plugin_folder(const std::string& folder);

// It can be read, and holds libraries.
bool holds_libraries(const std::string& folder);

}  // namespace penstock::engine
