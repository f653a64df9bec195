// Points in time as texts write them, in µs since 1970.
#pragma once

#include <penstock/time_zone.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

#include "decoding/epoch.hpp"

namespace json_decoder {

using namespace decoding;

using penstock::TimeZone;

// ISO 8601 with a calendar date and a time of day, as RFC 3339 §5.6 and what is seen beside it:
// `T`, `t` or a space between the two; seconds or none; a fraction of any number of digits after a
// dot or a comma, of which nine count, rounded to µs (half up); a zone as Z, z, +01:00, +0100 or
// +01. A leap second is the first of the next minute. Without a zone it is a time of `local`, or
// none.
std::optional<int64_t> parse_time(std::string_view text, const TimeZone* local = nullptr);
// Why that gave nothing.
const char* why_no_time(std::string_view text);

}  // namespace json_decoder
