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

// What is left of UTF-8 when it may have `most` bytes.
std::string_view cut_text(std::string_view text, size_t most);

}  // namespace mqtt_source
