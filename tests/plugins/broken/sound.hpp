// A sound plugin of one transform, which passes messages on. Each file beside this one breaks one
// thing of it. NAME is the file's.
#pragma once

#include <penstock/plugin.h>
#include <penstock/builders.hpp>
#include <penstock/schema.hpp>

namespace sound {

struct Instance {
  const penstock_host* host;
  penstock_context* context;
};

inline Instance& of(void* self) { return *static_cast<Instance*>(self); }

inline void* create(const penstock_settings*, const penstock_host* host,
                    penstock_context* context) {
  return new Instance{host, context};
}
inline void destroy(void* self) { delete &of(self); }
inline int32_t process(void* self, const penstock_batch* batch) {
  of(self).host->forward(of(self).context, 0, &batch, 1);
  return PENSTOCK_OK;
}
inline void input_schema(const penstock_settings*, ArrowSchema* needed) {
  *needed = penstock::export_schema(penstock::message_schema());
}

inline const penstock_option kOption{
    sizeof(penstock_option), PENSTOCK_INTEGER, "rows", "5", "rows", nullptr, "Rows.", 1, 10, 0};
inline const penstock_port kPort{sizeof(penstock_port), "out", "The messages."};
inline const penstock_metric kMetric{
    sizeof(penstock_metric), PENSTOCK_COUNTER, "rows_total", "rows", "Rows.", 0};

inline penstock_node_type type() {
  penstock_node_type type = {};
  type.size = sizeof(type);
  type.kind = PENSTOCK_TRANSFORM;
  type.name = NAME;
  type.summary = "Passes messages on.";
  type.options = &kOption;
  type.option_count = 1;
  type.ports = &kPort;
  type.port_count = 1;
  type.metrics = &kMetric;
  type.metric_count = 1;
  type.input_schema = input_schema;
  type.create = create;
  type.destroy = destroy;
  type.process = process;
  return type;
}

}  // namespace sound

penstock_node_type broken();

extern "C" PENSTOCK_EXPORT const penstock_plugin* penstock_plugin_entry(void) {
  static const penstock_node_type type = broken();
  static const penstock_plugin plugin{
      sizeof(penstock_plugin), PENSTOCK_ABI_MAJOR, PENSTOCK_TARGET_MINOR, NAME, "1", &type, 1};
  return &plugin;
}
