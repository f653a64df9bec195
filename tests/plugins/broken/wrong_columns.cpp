// Emits other columns than it declares.
#include "sound.hpp"

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch*) -> int32_t {
    penstock::FixedBuilder<int64_t> numbers;
    numbers.push(1);
    ArrowArray rows = penstock::make_rows(1, {numbers.finish()});
    sound::of(self).host->emit(sound::of(self).context, 0, &rows, nullptr, 0);
    return PENSTOCK_OK;
  };
  return type;
}
