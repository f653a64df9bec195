#include "service/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include "telemetry/printable.hpp"

namespace penstock::engine {

ServiceManager::ServiceManager() {
  uint64_t interval_us = 0;
  if (sd_watchdog_enabled(0, &interval_us) > 0) watchdog_ = std::chrono::microseconds(interval_us);
}

void ServiceManager::ready() { sd_notify(0, "READY=1"); }
void ServiceManager::stopping() { sd_notify(0, "STOPPING=1"); }
void ServiceManager::reloading() { sd_notify(0, "RELOADING=1"); }
// A separate line would be another message to the manager.
void ServiceManager::status(const std::string& line) {
  sd_notify(0, ("STATUS=" + printable(line)).c_str());
}
void ServiceManager::alive() { sd_notify(0, "WATCHDOG=1"); }

}  // namespace penstock::engine
