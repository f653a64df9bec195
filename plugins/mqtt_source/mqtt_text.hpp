// Text in MQTT's packets.
#pragma once

#include <algorithm>
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

// ASCII without NUL; char has a sign on some machines only.
inline bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) > 0; });
}
// UTF-8 without U+0000, as a topic is.
bool is_topic_text(std::string_view text);
// With U+FFFD for each byte that a topic can't have.
std::string mended_topic(std::string_view topic);

}  // namespace mqtt_source
