#include <penstock/plugin.h>

#include <stdexcept>

namespace {

// Runs when the library is loaded, before any of our code can ask it anything.
struct NeedsLicence {
  NeedsLicence() { throw std::runtime_error("no licence found"); }
} needs_licence;

}  // namespace

extern "C" PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) { return nullptr; }
