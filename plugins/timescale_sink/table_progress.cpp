#include "table_progress.hpp"

#include <map>
#include <mutex>

namespace timescale_sink {

std::shared_ptr<TableProgress> progress_of(const std::string& key) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<TableProgress>> all;
  const std::lock_guard lock(mutex);
  std::shared_ptr<TableProgress> progress = all[key].lock();
  if (!progress) all[key] = progress = std::make_shared<TableProgress>();
  return progress;
}

}  // namespace timescale_sink
