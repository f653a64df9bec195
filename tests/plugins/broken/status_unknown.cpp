// Returns a status that there is not.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void*, const penstock_batch*) -> int32_t { return 42; };
  return type;
}
