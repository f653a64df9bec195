// Points in time as messages write them, in µs since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace json_decoder {

enum class TimeUnit { kAuto, kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// RFC 3339 §5.6, with any offset, `T` or a space between date and time, and up to nine
// digits of fraction, rounded to µs (half up). A leap second is the first of the next minute.
std::optional<int64_t> parse_rfc3339(std::string_view text);

// A number of `unit` since 1970. kAuto decides by magnitude: below 1e11 seconds (until the
// year 5138), below 1e14 ms, below 1e17 µs, else ns.
std::optional<int64_t> from_epoch(int64_t number, TimeUnit unit);
std::optional<int64_t> from_epoch(double number, TimeUnit unit);

}  // namespace json_decoder
