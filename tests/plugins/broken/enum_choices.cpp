// Has an option of choices, and none to choose from.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static penstock_option option = sound::kOption;
  option.type = PENSTOCK_ENUM;
  type.options = &option;
  return type;
}
