// Points in time as messages write them, in µs since 1970.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace json_decoder {

class TimeZone;

enum class TimeUnit { kAuto, kSeconds, kMilliseconds, kMicroseconds, kNanoseconds };

// ISO 8601 with a calendar date and a time of day, as RFC 3339 §5.6 and what is seen beside it:
// `T`, `t` or a space between the two; seconds or none; a fraction of any number of digits after a
// dot or a comma, of which nine count, rounded to µs (half up); a zone as Z, z, +01:00, +0100 or
// +01. A leap second is the first of the next minute. Without a zone it is a time of `local`, or
// none.
std::optional<int64_t> parse_time(std::string_view text, const TimeZone* local = nullptr);
// Why that gave nothing.
const char* why_no_time(std::string_view text);

// A number of `unit` since 1970. kAuto decides by magnitude: below 1e11 seconds (until the
// year 5138), below 1e14 ms, below 1e17 µs, else ns.
std::optional<int64_t> from_epoch(int64_t number, TimeUnit unit);
std::optional<int64_t> from_epoch(double number, TimeUnit unit);

}  // namespace json_decoder
