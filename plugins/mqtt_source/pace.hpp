// When to let messages accumulate before the next read. A broker that writes message by message
// would cost a read and a write for each: a nap of a millisecond after small reads under load makes
// that a few dozen messages per read. At low rates there is no nap.
#pragma once

#include <chrono>
#include <cstddef>

namespace mqtt_source {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Pace(std::chrono::nanoseconds nap) : nap_(nap) {}

  // How long to wait after this read.
  std::chrono::nanoseconds after_read(size_t bytes, size_t messages, Clock::time_point now) {
    constexpr size_t kLargeRead = 32 << 10;
    constexpr double kHighRate = 2000;  // messages/s
    messages_ += messages;
    if (const auto passed = now - since_; passed >= kWindow) {
      rate_ = static_cast<double>(messages_) / std::chrono::duration<double>(passed).count();
      messages_ = 0;
      since_ = now;
    }
    return rate_ > kHighRate && bytes < kLargeRead ? nap_ : std::chrono::nanoseconds(0);
  }

 private:
  static constexpr auto kWindow = std::chrono::milliseconds(20);

  const std::chrono::nanoseconds nap_;
  Clock::time_point since_ = Clock::now();
  size_t messages_ = 0;
  double rate_ = 0;
};

}  // namespace mqtt_source
