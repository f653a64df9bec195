// What lanes share, which are made one by one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace timescale_sink {

// The same for the same key, as long as somebody has it.
template <class T>
std::shared_ptr<T> shared_by(const std::string& key) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<T>> all;
  const std::lock_guard lock(mutex);
  std::shared_ptr<T> one = all[key].lock();
  if (!one) all[key] = one = std::make_shared<T>();
  return one;
}

}  // namespace timescale_sink
