#include "message_line.hpp"

#include <penstock/plugin.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace file_source {
namespace {

using Json = nlohmann::ordered_json;

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// ".123Z" or "Z" in µs; -1: it is neither.
int64_t fraction_us(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() < 3 || text.front() != '.' || text.back() != 'Z') return -1;
  text = text.substr(1, text.size() - 2);
  int64_t us = 0;
  for (size_t i = 0; i < text.size() || i < 6; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9') return -1;
    if (i < 6) us = 10 * us + (digit - '0');
  }
  return us;
}

}  // namespace

int64_t parse_time(const std::string& text) {
  std::tm parts = {};
  int read = 0;
  const int count =
      std::sscanf(text.c_str(), "%d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read);
  const int64_t fraction =
      count == 6 ? fraction_us(std::string_view(text).substr(static_cast<size_t>(read))) : -1;
  if (fraction < 0) {
    throw std::invalid_argument("a time is not like 2024-01-15T10:30:00.123Z: " + text);
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return timegm(&parts) * 1'000'000 + fraction;
}

std::string decode_base64(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (digit < 0) {
      if (c == '=') break;
      throw std::invalid_argument("it is not base64: " + std::string(text.substr(0, 40)));
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return bytes;
}

namespace {

// An object, or its text, as other columns of JSON are written.
std::string attributes_of(const Json& message) {
  const Json json = message.value("attributes", Json());
  if (json.is_null()) return "";
  const Json object =
      json.is_string() ? Json::parse(json.get<std::string>(), nullptr, false) : json;
  if (!object.is_object()) throw std::invalid_argument("attributes is not an object");
  return object.dump();
}

bool is_retained(const Json& message) {
  const Json json = message.value("retained", Json());
  if (!json.is_null() && !json.is_boolean()) {
    throw std::invalid_argument("retained is neither true nor false");
  }
  return json.is_boolean() && json.get<bool>();
}

}  // namespace

Message message_of(const Json& json, uint32_t extra_columns) {
  Message message;
  message.topic = json.at("topic").get<std::string>();
  if (json.contains("payload_base64")) {
    message.payload = decode_base64(json["payload_base64"].get<std::string>());
  } else {
    const Json& payload = json.at("payload");
    message.payload = payload.is_string() ? payload.get<std::string>() : payload.dump();
  }
  message.received_us =
      json.contains("received") ? parse_time(json["received"].get<std::string>()) : now_us();
  if (extra_columns & PENSTOCK_COLUMN_RETAINED) message.retained = is_retained(json);
  if (extra_columns & PENSTOCK_COLUMN_ATTRIBUTES) message.attributes = attributes_of(json);
  return message;
}

Message parse_message(const std::string& line, uint32_t extra_columns) {
  return message_of(Json::parse(line), extra_columns);
}

}  // namespace file_source
