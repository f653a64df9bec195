// Asks to be called again, which only those that may wait are.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch*) -> int32_t {
    sound::of(self).host->set_error(sound::of(self).context, {"closed", 6});
    return PENSTOCK_RETRY;
  };
  return type;
}
