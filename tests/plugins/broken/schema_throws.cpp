// Lets an exception leave input_schema.
#include "sound.hpp"

#include <stdexcept>

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.input_schema = [](const penstock_settings*, ArrowSchema*) {
    throw std::runtime_error("no columns today");
  };
  return type;
}
