// Does not say what its option is for.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static penstock_option option = sound::kOption;
  option.help = nullptr;
  type.options = &option;
  return type;
}
