// Waiting times between attempts: from 100 ms, doubling, capped at 10 s, and jittered so that
// many engines do not come back at the same moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace penstock {

class Backoff {
 public:
  using milliseconds = std::chrono::milliseconds;

  milliseconds next() {
    const milliseconds base = wait_;
    wait_ = std::min(wait_ * 2, milliseconds(10'000));
    std::uniform_int_distribution<int64_t> jitter(base.count() / 2, base.count());
    return milliseconds(jitter(random_));
  }
  void reset() { wait_ = milliseconds(100); }

 private:
  milliseconds wait_{100};
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace penstock
