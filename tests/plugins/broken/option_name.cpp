// Has an option that no file could be expected to have.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static penstock_option option = sound::kOption;
  option.name = "Most rows";
  type.options = &option;
  return type;
}
