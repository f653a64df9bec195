// Lets go of a batch that nobody gave it.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) {
    const penstock_batch other = *batch;
    sound::of(self).host->release(&other);
    return sound::process(self, batch);
  };
  return type;
}
