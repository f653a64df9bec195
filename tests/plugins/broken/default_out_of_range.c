/* Its option's default is one that it would refuse. */
#include <stdlib.h>

#include "penstock/plugin.h"

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  (void)settings;
  (void)host;
  (void)context;
  return malloc(1);
}
static int32_t process(void* instance, const penstock_batch* batch) {
  (void)instance;
  (void)batch;
  return PENSTOCK_OK;
}

static const penstock_option options[] = {{.size = sizeof(penstock_option),
                                           .type = PENSTOCK_INTEGER,
                                           .name = "rows",
                                           .default_value = "5",
                                           .help = "Rows.",
                                           .min = 10,
                                           .max = 20}};
static const penstock_node_type types[] = {{.size = sizeof(penstock_node_type),
                                            .kind = PENSTOCK_SINK,
                                            .name = "default_out_of_range",
                                            .summary = "t",
                                            .options = options,
                                            .option_count = 1,
                                            .create = create,
                                            .destroy = free,
                                            .process = process}};

const penstock_plugin* penstock_plugin_entry(void) {
  static const penstock_plugin plugin = {sizeof(penstock_plugin),
                                         PENSTOCK_ABI_MAJOR,
                                         PENSTOCK_TARGET_MINOR,
                                         "default_out_of_range",
                                         "1",
                                         types,
                                         1};
  return &plugin;
}
