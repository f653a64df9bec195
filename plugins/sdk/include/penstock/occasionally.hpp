// For log lines about what may happen ten thousand times a second.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace penstock {

class Occasionally {
 public:
  explicit Occasionally(std::chrono::seconds between = std::chrono::seconds(60))
      : between_(between.count()) {}

  // Any thread: true once in `between`, for one of them.
  bool due() {
    const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::steady_clock::now().time_since_epoch())
                            .count();
    int64_t last = last_.load();
    return now - last >= between_ && last_.compare_exchange_strong(last, now);
  }

 private:
  const int64_t between_;
  std::atomic<int64_t> last_ = INT64_MIN / 2;
};

}  // namespace penstock
