// What is wrong with what a library says of itself.
#pragma once

#include <penstock/plugin.h>

#include <string>
#include <vector>

namespace penstock::engine {

struct DescriptionFault {
  std::string text;
  // The engine does not load such a library. Otherwise it does, since one that was built before
  // this was looked at may run well, and only `penstock plugins --verify` tells.
  bool refuses = true;
};

// `expected`: its file's name without ".so". The worst come first; with one of the ABI, nothing
// else is looked at.
std::vector<DescriptionFault> description_faults(const penstock_plugin& plugin,
                                                 const std::string& expected);

}  // namespace penstock::engine
