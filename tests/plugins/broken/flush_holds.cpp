// Holds its rows although it is told to let them go.
#include "sound.hpp"

struct Holding : sound::Instance {
  const penstock_batch* held = nullptr;
};
static void* create(const penstock_settings*, const penstock_host* host,
                    penstock_context* context) {
  return new Holding{{host, context}};
}
static Holding& of(void* self) { return *static_cast<Holding*>(self); }
static void destroy(void* self) {
  if (of(self).held) of(self).host->release(of(self).held);
  delete &of(self);
}
static int32_t process(void* self, const penstock_batch* batch) {
  of(self).host->retain(batch);
  of(self).held = batch;
  return PENSTOCK_OK;
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = create;
  type.destroy = destroy;
  type.process = process;
  return type;
}
