// Emits from a thread of its own.
#include "sound.hpp"

#include <thread>

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.process = [](void* self, const penstock_batch* batch) -> int32_t {
    std::thread([&] { sound::process(self, batch); }).join();
    return PENSTOCK_OK;
  };
  return type;
}
