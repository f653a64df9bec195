// Waits for ever while it is made.
#include "sound.hpp"

#include <unistd.h>

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = [](const penstock_settings*, const penstock_host*, penstock_context*) -> void* {
    while (true) pause();
  };
  return type;
}
