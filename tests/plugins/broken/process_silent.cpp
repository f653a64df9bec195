// Fails and does not say why.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void*, const penstock_batch*) -> int32_t { return PENSTOCK_FAILED; };
  return type;
}
