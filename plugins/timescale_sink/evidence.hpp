// What all lanes know about one statement that inserts into a table, to tell a row's fault from the
// table's: it is the row's if the table takes other rows.
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
  // This SQLSTATE was a row's fault: other rows of its batch were stored.
  void prove(const std::string& state) {
    const std::lock_guard lock(mutex_);
    proven_.insert(state);
  }
  bool is_proven(const std::string& state) const {
    const std::lock_guard lock(mutex_);
    return proven_.contains(state);
  }

  // Batches of which the table has taken at least one row.
  std::atomic<uint64_t> stored = 0;

  // The newest, or null.
  std::shared_ptr<const GoodRow> good_row() const {
    const std::lock_guard lock(mutex_);
    return good_row_;
  }
  // At most one a second.
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
