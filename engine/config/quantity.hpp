// Numbers, durations and sizes as people write them.
#pragma once

#include <penstock/quantity.hpp>

#include <cstdint>
#include <string>

namespace penstock::engine {

using penstock::parse_boolean;
using penstock::parse_duration;
using penstock::parse_integer;
using penstock::parse_number;
using penstock::parse_size;

std::string format_duration(int64_t ns);     // "100ms"
std::string format_size(int64_t bytes);      // "16MiB"
std::string format_grouped(int64_t number);  // "1,234,567"
std::string format_uptime(int64_t seconds);  // "2h15m30s"

}  // namespace penstock::engine
