#include <penstock/plugin.h>

extern "C" int a_function_that_nobody_has();

extern "C" PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) {
  return a_function_that_nobody_has() ? nullptr : nullptr;
}
