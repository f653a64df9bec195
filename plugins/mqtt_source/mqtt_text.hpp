// UTF-8 strings in MQTT packets (MQTT 5 §1.5.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtt_source {

inline constexpr size_t kMostTextBytes = 65'535;  // its length is two bytes

// Why a broker would refuse it: its length, or a character; empty: it would not.
std::string fault_of_text(std::string_view text);

// Whether it is UTF-8 without U+0000.
bool is_text(std::string_view text);
// The text; if it is invalid, `clean` with U+FFFD for each invalid byte, since an invalid topic
// must not cost the message.
std::string_view clean_text(std::string_view text, std::string& clean);

// Valid UTF-8, cut to at most `most` bytes.
std::string_view cut_text(std::string_view text, size_t most);

}  // namespace mqtt_source
