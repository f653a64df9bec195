// Refuses to be made and does not say why.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = [](const penstock_settings*, const penstock_host*, penstock_context*) -> void* {
    return nullptr;
  };
  return type;
}
