// Has an option twice.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  static const penstock_option options[] = {sound::kOption, sound::kOption};
  type.options = options;
  type.option_count = 2;
  return type;
}
