// A message's MQTT 5 properties as a JSON object, for the column `attributes`:
//
//   {"content_type":"application/json","response_topic":"reply/7","correlation_data_base64":"AQI=",
//    "payload_format_indicator":1,"message_expiry_interval":60,
//    "user_properties":{"site":"Graz","line":["1","2"]}}
//
// Only properties that are there; a user property that repeats has all of its values, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mqtt_source {

// Reused for one message after another. One thread.
class Attributes {
 public:
  // Larger buffers, which few messages need, are freed after each message.
  static constexpr size_t kMostKept = 4096;

  // Whether this property has not come before. MQTT allows most only once.
  bool is_first(uint8_t property) {
    const uint64_t bit = uint64_t{1} << property % 64;  // the largest is 0x2A
    const bool is_first = !(seen_ & bit);
    seen_ |= bit;
    return is_first;
  }
  // In a text, U+FFFD replaces what is not UTF-8.
  void number(std::string_view name, uint32_t value);
  void text(std::string_view name, std::string_view value);
  void bytes(std::string_view name, std::string_view value);
  // The views must live until `append_to`.
  void user(std::string_view name, std::string_view value) { user_.emplace_back(name, value); }

  void clear();

  // Appends the object, or nothing if it is empty, and clears. Returns the bytes appended.
  size_t append_to(std::string& to);

 private:
  void begin(std::string_view name, std::string_view ending = "");
  void string(std::string_view text);
  void add_user();

  uint64_t seen_ = 0;
  std::string json_;  // without the closing brace
  std::vector<std::pair<std::string_view, std::string_view>> user_;
  std::string clean_;
};

}  // namespace mqtt_source
