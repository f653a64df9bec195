// Objects that lanes share, although each lane is created on its own.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace timescale_sink {

// Returns the same object for the same key as long as someone holds it.
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
