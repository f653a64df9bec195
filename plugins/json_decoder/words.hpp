// Why JSON can't be read, in words for the operator.
#pragma once

#include <string_view>

#include "decoding/words.hpp"
#include "json_text.hpp"

namespace json_decoder {

using namespace decoding;

// The JSON itself is at fault; what and where is found out when it is told of. Known by its
// address.
inline constexpr char kNotJson[] = "not JSON";

// `payload`: what bytes are counted from; the first is 1.
Reason say(Words& words, const JsonFault& fault, std::string_view payload, long long most_depth);

// Which option to look at, where one may be meant; or nothing.
std::string_view remedy_of(std::string_view reason);

}  // namespace json_decoder
