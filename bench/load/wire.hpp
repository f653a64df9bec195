// Pieces of MQTT packets (MQTT 3.1.1 §2).
#pragma once

#include <cstdint>
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

// Where in a packet its identifier and its payload begin.
struct PublishPlaces {
  size_t id, payload;
};

// PUBLISH of quality of service 1 (§3.3), of MQTT 3.1.1 or, with `version` 5, of MQTT 5.
inline PublishPlaces put_publish(std::string& to, const std::string& topic, uint16_t id,
                                 const std::string& payload, int version = 4) {
  const size_t start = to.size(), properties = version == 5 ? 1 : 0;
  to += '\x32';
  put_length(to, 2 + topic.size() + 2 + properties + payload.size());
  put_text(to, topic);
  const size_t id_at = to.size() - start;
  to += static_cast<char>(id >> 8);
  to += static_cast<char>(id & 0xFF);
  to.append(properties, '\0');
  const size_t payload_at = to.size() - start;
  to += payload;
  return {id_at, payload_at};
}

}  // namespace mqtt_load
