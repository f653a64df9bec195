#include <penstock/plugin.h>

// Built as NAME with ABI MAJOR.MINOR.
extern "C" PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) {
  static const penstock_plugin plugin{sizeof(penstock_plugin), MAJOR, MINOR, NAME, "1", nullptr, 0};
  return &plugin;
}
