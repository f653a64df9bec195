// Ends the process while it is made.
#include "sound.hpp"

#include <unistd.h>

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = [](const penstock_settings*, const penstock_host*, penstock_context*) -> void* {
    _exit(0);
  };
  return type;
}
