#pragma once

#include <string_view>

namespace json_decoder {

// The first byte that is not UTF-8, or null.
const char* utf8_fault(std::string_view text);

}  // namespace json_decoder
