// Calls what only sources may.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) {
    sound::of(self).host->finished(sound::of(self).context);
    return sound::process(self, batch);
  };
  return type;
}
