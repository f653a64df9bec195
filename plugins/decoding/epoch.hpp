// Points in time as numbers, in µs since 1970.
#pragma once

#include <cstdint>
#include <optional>

namespace decoding {

enum class TimeUnit { kAuto, kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// A number of `unit` since 1970. kAuto decides by magnitude: below 1e11 seconds (until the
// year 5138), below 1e14 ms, below 1e17 µs, else ns.
std::optional<int64_t> from_epoch(int64_t number, TimeUnit unit);
std::optional<int64_t> from_epoch(double number, TimeUnit unit);

}  // namespace decoding
