// Whether a piece of text is one JSON value (RFC 8259), for values that are passed on as
// they are. On-Demand parsing checks only what is asked for.
#pragma once

#include <string_view>

namespace json_decoder {

inline constexpr int kMostDepth = 128;

// `text` has no surrounding white space, is valid UTF-8, and has no control character in a
// string: simdjson's first stage has seen to the latter two.
bool is_json_value(std::string_view text);

}  // namespace json_decoder
