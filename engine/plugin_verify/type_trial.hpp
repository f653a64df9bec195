// One node type put through the contract.
#pragma once

#include <penstock/plugin.h>

#include "plugin_verify/findings.hpp"
#include "plugin_verify/verify.hpp"

namespace penstock::engine {

// In the child. Of a type whose description is without fault.
void try_node_type(const penstock_node_type& type, const VerifyArguments& arguments, Findings& to);

}  // namespace penstock::engine
