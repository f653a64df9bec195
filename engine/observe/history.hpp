// What each node did in each of the last 900 seconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "observe/snapshot.hpp"

namespace penstock::engine {

// Sums at one moment.
struct NodeSums {
  uint64_t rows_in = 0;  // of a source: messages received
  uint64_t rows_out = 0;
  uint64_t busy_ns = 0;
  uint64_t errors = 0;
};
NodeSums sums_of(const NodeReading& node);

class History {
 public:
  static constexpr size_t kSeconds = 900;

  // Of one second, the newest last.
  struct Second {
    uint32_t rows_in = 0, rows_out = 0;
    float busy = 0;  // instances' time a second
    uint32_t errors = 0;
  };

  // Once a second; `seconds` have passed since the last.
  void sample(const Snapshot& snapshot, double seconds);

  std::vector<Second> of(const std::string& node) const;
  // The last one; zeros when there is none.
  Second last(const std::string& node) const;
  // Calls that failed in the last ten seconds.
  uint64_t recent_errors(const std::string& node) const;

 private:
  Second second(const std::string& node, size_t back) const;

  struct Track {
    NodeSums before;
    std::vector<Second> seconds;  // a ring
    size_t next = 0;
  };

  std::map<std::string, Track> tracks_;
};

}  // namespace penstock::engine
