// Declares the port that the engine adds.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static penstock_port port = sound::kPort;
  port.name = "rejected";
  type.ports = &port;
  return type;
}
