// Breaks nothing.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();

  return type;
}
