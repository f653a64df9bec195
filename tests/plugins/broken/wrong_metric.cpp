// Counts what it does not declare.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) {
    sound::of(self).host->metric_add(sound::of(self).context, 5, 1);
    return sound::process(self, batch);
  };
  return type;
}
