// A time as people and JSON have it: RFC 3339, in UTC.
#pragma once

#include <chrono>
#include <string>

namespace penstock::engine {

using UtcTime = std::chrono::sys_time<std::chrono::microseconds>;

// 2026-01-31T12:00:00.250Z; `digits` of the second's fraction, 6 at most.
std::string utc_text(UtcTime time, int digits);

}  // namespace penstock::engine
