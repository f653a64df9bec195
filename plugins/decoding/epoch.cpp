#include "epoch.hpp"

#include <cmath>

namespace decoding {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

int64_t magnitude_factor(double number, TimeUnit unit, int64_t& divisor) {
  divisor = 1;
  if (unit == TimeUnit::kAuto) {
    const double size = std::fabs(number);
    unit = size < 1e11   ? TimeUnit::kSeconds
           : size < 1e14 ? TimeUnit::kMilliseconds
           : size < 1e17 ? TimeUnit::kMicroseconds
                         : TimeUnit::kNanoseconds;
  }
  switch (unit) {
    case TimeUnit::kSeconds: return kSecondUs;
    case TimeUnit::kMilliseconds: return 1000;
    case TimeUnit::kNanoseconds: divisor = 1000; return 1;
    default: return 1;
  }
}

}  // namespace

std::optional<int64_t> from_epoch(int64_t number, TimeUnit unit) {
  int64_t divisor = 1;
  const int64_t factor = magnitude_factor(static_cast<double>(number), unit, divisor);
  int64_t us = 0;
  if (__builtin_mul_overflow(number, factor, &us)) return std::nullopt;
  if (divisor == 1) return us;
  const int64_t rest = us % divisor;
  us /= divisor;
  if (2 * rest >= divisor) ++us;
  if (-2 * rest > divisor) --us;
  return us;
}

std::optional<int64_t> from_epoch(double number, TimeUnit unit) {
  int64_t divisor = 1;
  const int64_t factor = magnitude_factor(number, unit, divisor);
  const double us = number * static_cast<double>(factor) / static_cast<double>(divisor);
  if (!(std::fabs(us) < 9.2e18)) return std::nullopt;
  return std::llround(us);
}

}  // namespace decoding
