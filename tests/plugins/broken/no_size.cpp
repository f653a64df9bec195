// Leaves the size of its struct zero.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.size = 0;
  return type;
}
