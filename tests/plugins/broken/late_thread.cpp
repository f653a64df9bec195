// Leaves a thread that calls the host after its end.
#include "sound.hpp"

#include <chrono>
#include <thread>

static void* create(const penstock_settings* settings, const penstock_host* host,
                    penstock_context* context) {
  std::thread([=] {
    while (true) {
      host->log(context, PENSTOCK_LOG_INFO, {"here", 4});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }).detach();
  return sound::create(settings, host, context);
}

penstock_node_type broken() {
  penstock_node_type type = sound::type();
  type.create = create;
  return type;
}
