// Lets an exception leave process.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void*, const penstock_batch*) -> int32_t { throw 42; };
  return type;
}
