// Pieces of MQTT packets (MQTT 3.1.1 §2).
#pragma once

#include <string>

namespace mqtt_load {

inline void put_length(std::string& to, size_t length) {
  do {
    const auto digit = static_cast<unsigned char>(length % 128);
    length /= 128;
    to += static_cast<char>(length ? digit | 0x80 : digit);
  } while (length);
}

inline void put_text(std::string& to, const std::string& text) {
  to += static_cast<char>(text.size() >> 8);
  to += static_cast<char>(text.size() & 0xFF);
  to += text;
}

}  // namespace mqtt_load
