/* Compiled as strict C99: the contract needs no C++, and warns of nothing. Uses every struct. */
#include "penstock/plugin.h"

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  penstock_text why = {"no value", 8};
  const penstock_value* value = settings->values;
  if (settings->value_count == 0 || !value->present) {
    host->set_error(context, why);
    return NULL;
  }
  return context;
}
static void destroy(void* instance) { (void)instance; }

static int32_t process(void* instance, const penstock_batch* batch) {
  const struct ArrowArray* first = batch->chunk_count > 0 ? batch->chunks[0] : NULL;
  const struct ArrowSchema* schema = batch->schema;
  const penstock_range* range = batch->ranges;
  const penstock_message message = {{"t", 1}, {"p", 1}, 0};
  penstock_source_message source_message = {0};
  source_message.size = sizeof(source_message);
  source_message.topic = message.topic;
  (void)instance;
  return first && schema && range && source_message.size ? PENSTOCK_OK : PENSTOCK_RETRY;
}

static void check(const penstock_settings* settings, const penstock_report* report) {
  const penstock_text message = {"too few", 7};
  if (settings->parallelism == 0) report->error(report->engine, "count", message);
}

const penstock_plugin* penstock_plugin_entry(void) {
  static penstock_option options[1];
  static penstock_port ports[1];
  static penstock_metric metrics[1];
  static penstock_node_type types[1];
  static penstock_plugin plugin;
  const penstock_entry_function self = penstock_plugin_entry;
  options[0].size = sizeof(options[0]);
  options[0].type = PENSTOCK_INTEGER;
  options[0].name = "count";
  ports[0].size = sizeof(ports[0]);
  ports[0].name = "out";
  metrics[0].size = sizeof(metrics[0]);
  metrics[0].kind = PENSTOCK_COUNTER;
  types[0].size = sizeof(types[0]);
  types[0].kind = PENSTOCK_TRANSFORM;
  types[0].name = "header";
  types[0].options = options;
  types[0].option_count = 1;
  types[0].ports = ports;
  types[0].port_count = 1;
  types[0].metrics = metrics;
  types[0].metric_count = 1;
  types[0].check = check;
  types[0].create = create;
  types[0].destroy = destroy;
  types[0].process = process;
  plugin.size = sizeof(plugin);
  plugin.abi_major = PENSTOCK_ABI_MAJOR;
  plugin.abi_minor = PENSTOCK_TARGET_MINOR;
  plugin.name = self ? "header" : NULL;
  plugin.types = types;
  plugin.type_count = 1;
  return &plugin;
}
