// Emits rows while it is made.
#include "sound.hpp"

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  penstock::Columns columns(0);
  ArrowArray rows = penstock::make_rows(0, columns);
  host->emit(context, 0, &rows, nullptr, 0);
  return sound::create(settings, host, context);
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = create;
  return type;
}
