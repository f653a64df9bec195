// Emits by a port that it does not declare.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) -> int32_t {
    sound::of(self).host->forward(sound::of(self).context, 3, &batch, 1);
    return PENSTOCK_OK;
  };
  return type;
}
