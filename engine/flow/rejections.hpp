// What a node rejects: which kinds of reasons occurred, and whether anything gets through.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace penstock::engine {

class Rejections {
 public:
  using Clock = std::chrono::steady_clock;

  // Any thread: a row was rejected. Whether for a reason of a new kind, which is to be told: kinds
  // are what reasons have in common when numbers, what is quoted, and values that are shown are
  // left out. Of too many kinds it tells no more.
  bool is_new_kind(const std::string& reason);

  // One thread, once in a while. `passed`: rows that were not rejected, of all. Not empty: the
  // words for the node's health, when for as long as `patience` it has rejected all that came.
  std::string look(uint64_t passed, uint64_t rejected, Clock::time_point now,
                   std::chrono::milliseconds patience);

 private:
  std::mutex mutex_;
  std::string last_reason_;
  std::set<std::string> kinds_;

  // Of the looking thread.
  uint64_t passed_ = 0, rejected_ = 0;
  uint64_t rejected_before_ = 0;            // when `began_`
  std::optional<Clock::time_point> began_;  // the first rejection since something passed
  Clock::time_point last_;                  // that one was seen
};

}  // namespace penstock::engine
