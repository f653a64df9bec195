// Times as machines write them: 2024-01-15T10:30:00.123+01:00.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sql {

// Microseconds since 2000 of a text of exactly this form, which the general reader (read_time.cpp)
// would take for the same: T or a blank, up to six digits of a fraction, Z, +01, +01:00, +0100 or
// no zone. Nothing: it is none, or a time that there is not.
std::optional<int64_t> read_iso_time(std::string_view text, bool has_zone);

}  // namespace sql
