// The batches that a node's plugin has: those being processed, and those it retains.
#pragma once

#include <penstock/plugin.h>

#include <mutex>
#include <unordered_set>

namespace penstock::engine {

class Delivery;

// Any thread.
class Deliveries {
 public:
  void add(const penstock_batch* view) {
    const std::lock_guard lock(mutex_);
    views_.insert(view);
  }
  void remove(const penstock_batch* view) {
    const std::lock_guard lock(mutex_);
    views_.erase(view);
  }
  // Whatever a plugin may name: it is not looked into.
  bool has(const penstock_batch* view) const {
    const std::lock_guard lock(mutex_);
    return views_.contains(view);
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_set<const penstock_batch*> views_;
};

}  // namespace penstock::engine
