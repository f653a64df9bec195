// Text in MQTT's packets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mqtt_source {

inline constexpr size_t kMostTextBytes = 65'535;  // a length of two bytes stands before it

// What keeps a broker from taking it: its length, or a character (MQTT 5 §1.5.4); empty when
// nothing does.
std::string fault_of_text(std::string_view text);

// Whether it is UTF-8 without U+0000, as all text of MQTT (MQTT 5 §1.5.4).
bool is_text(std::string_view text);
// The text, or when a broker let through what is none, `clean` with U+FFFD for what is wrong: that
// must not cost the message.
std::string_view clean_text(std::string_view text, std::string& clean);

// What is left of UTF-8 when it may have `most` bytes.
std::string_view cut_text(std::string_view text, size_t most);

}  // namespace mqtt_source
