// Declares that it emits a column of a type that may not travel.
#include "sound.hpp"

static void output_schema(const penstock_settings*, uint32_t, const ArrowSchema*,
                          ArrowSchema* output) {
  *output = penstock::export_schema({{"values", "+l"}});
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.output_schema = output_schema;
  return type;
}
