// Whether anything is stored in a table, by whichever lane of the process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace timescale_sink {

class TableProgress {
 public:
  std::atomic<uint64_t> batches_stored = 0;

  // SQLSTATEs that were a row's fault, since other rows of its batch were stored.
  void prove(const std::string& state) {
    const std::lock_guard lock(mutex_);
    proven_.insert(state);
  }
  bool is_proven(const std::string& state) const {
    const std::lock_guard lock(mutex_);
    return proven_.contains(state);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> proven_;
};

// The same for the same key, as long as somebody has it.
std::shared_ptr<TableProgress> progress_of(const std::string& key);

}  // namespace timescale_sink
