// Whether a schema is one whose rows may travel (plugin.h, "Batches").
#pragma once

#include <penstock/arrow.h>

#include <string>

namespace penstock::engine {

// What is wrong with a schema that a plugin gave, in words; empty: nothing.
std::string schema_fault(const ArrowSchema& schema);

}  // namespace penstock::engine
