// The JSON Schema of a pipeline file, made from the option tables of the engine and of all plugins
// found: an editor completes and checks by it.
#pragma once

#include <string>

#include "plugin/catalog.hpp"

namespace penstock::engine {

// Draft 7, which editors for TOML know. Plugins that don't load are left out and named in
// `problems`, a line each.
std::string pipeline_schema(Catalog& catalog, std::string& problems);

}  // namespace penstock::engine
