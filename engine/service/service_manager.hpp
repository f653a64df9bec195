// Word to the service manager that started the process, if there is one: sd_notify(3).
#pragma once

#include <chrono>
#include <string>

namespace penstock::engine {

class ServiceManager {
 public:
  ServiceManager();

  void ready();
  void stopping();
  // From here until `ready` the manager takes the service for one that reloads.
  void reloading();
  void status(const std::string& line);
  // A heartbeat; without one for `watchdog()` the manager kills and restarts the process.
  void alive();
  // 0: the manager wants no signs of life.
  std::chrono::microseconds watchdog() const { return watchdog_; }

 private:
  std::chrono::microseconds watchdog_{};
};

}  // namespace penstock::engine
