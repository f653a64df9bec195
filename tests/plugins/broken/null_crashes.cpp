// Does not look whether a value is there.
#include "sound.hpp"

static void input_schema(const penstock_settings*, ArrowSchema* needed) {
  *needed = penstock::export_schema({{"text", "u", true}});
}
static int32_t process(void* self, const penstock_batch* batch) {
  const ArrowArray& text = *batch->chunks[0]->children[0];
  if (text.null_count > 0) *static_cast<volatile char*>(nullptr) = 0;
  return sound::process(self, batch);
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.input_schema = input_schema;
  type.process = process;
  return type;
}
