// Retains a batch and never lets it go.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) {
    sound::of(self).host->retain(batch);
    return sound::process(self, batch);
  };
  return type;
}
