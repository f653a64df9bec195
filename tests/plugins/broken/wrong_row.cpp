// Rejects a row that is not there.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) -> int32_t {
    sound::of(self).host->reject_row(sound::of(self).context, batch, 0, 1'000'000, {"why", 3});
    return PENSTOCK_OK;
  };
  return type;
}
