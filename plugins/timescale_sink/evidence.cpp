#include "evidence.hpp"

#include <map>

namespace timescale_sink {

std::shared_ptr<Evidence> evidence_of(const std::string& key) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Evidence>> all;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Evidence> evidence = all[key].lock();
  if (!evidence) all[key] = evidence = std::make_shared<Evidence>();
  return evidence;
}

}  // namespace timescale_sink
