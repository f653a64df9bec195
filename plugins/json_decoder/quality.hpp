// The names that gateways give to OPC qualities.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace json_decoder {

inline constexpr int16_t kGood = 192;
inline constexpr int16_t kUncertain = 64;
inline constexpr int16_t kBad = 0;

// Upper and lower case are one. Nothing for a name that is not in the documented list.
std::optional<int16_t> quality_of(std::string_view name);

}  // namespace json_decoder
