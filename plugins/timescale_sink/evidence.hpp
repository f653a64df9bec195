// What all lanes know of a table from one statement that inserts into it, to tell whether an error
// is a row's fault or the table's: a row's, if the table still takes others.
#pragma once

#include <penstock/builders.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace timescale_sink {

// A row that the table took, as parameters of Statements::insert_again.
struct GoodRow {
  std::string settings;  // of the transaction
  std::vector<penstock::Buffer<char>> values;
};

class Evidence {
 public:
  // SQLSTATEs that were a row's fault, since other rows of its batch were stored.
  void prove(const std::string& state) {
    const std::lock_guard lock(mutex_);
    proven_.insert(state);
  }
  bool is_proven(const std::string& state) const {
    const std::lock_guard lock(mutex_);
    return proven_.contains(state);
  }

  // Batches of which the table has taken something.
  std::atomic<uint64_t> stored = 0;

  // The newest, or null.
  std::shared_ptr<const GoodRow> good_row() const {
    const std::lock_guard lock(mutex_);
    return good_row_;
  }
  // Whether a newer one is due: one a second does.
  bool wants_good_row() const {
    const std::lock_guard lock(mutex_);
    return std::chrono::steady_clock::now() >= next_good_row_;
  }
  void keep(std::shared_ptr<const GoodRow> row) {
    const std::lock_guard lock(mutex_);
    good_row_ = std::move(row);
    next_good_row_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> proven_;
  std::shared_ptr<const GoodRow> good_row_;
  std::chrono::steady_clock::time_point next_good_row_;
};

}  // namespace timescale_sink
