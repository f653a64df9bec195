// Releases the schema that it is shown.
#include "sound.hpp"

static void output_schema(const penstock_settings*, uint32_t, const ArrowSchema* input,
                          ArrowSchema* output) {
  *output = *input;
  const_cast<ArrowSchema*>(input)->release = nullptr;
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.output_schema = output_schema;
  return type;
}
