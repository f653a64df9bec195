#include "message_line.hpp"

#include <simdjson.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace file_source {
namespace {

using Json = nlohmann::ordered_json;

int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// "2024-01-15T10:30:00.123456Z"; the fraction may be shorter or missing.
int64_t parse_time(const std::string& text) {
  std::tm parts = {};
  int read = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read) != 6 ||
      text.back() != 'Z') {
    throw std::invalid_argument("received is not like 2024-01-15T10:30:00Z: " + text);
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  double fraction = 0;
  if (text[static_cast<size_t>(read)] == '.')
    fraction = std::stod("0" + text.substr(static_cast<size_t>(read)));
  return timegm(&parts) * 1'000'000 + std::llround(fraction * 1e6);
}

std::string decode_base64(const std::string& text) {
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
      throw std::invalid_argument("payload_base64 is not base64");
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
  }
  return bytes;
}

Message message_of(const Json& json) {
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
  return message;
}

// The members of `metadata`, without its braces: numbers that no double holds stay as they are.
// Metadata that is no JSON stands there as a string.
std::string members_of_metadata(const std::string& line, const Json& letter) {
  const auto metadata = letter.find("metadata");
  if (metadata == letter.end()) return "";
  std::string text;
  if (metadata->is_string()) {
    text = metadata->get<std::string>();
  } else {
    simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(line);
    simdjson::ondemand::document document = parser.iterate(padded);
    simdjson::ondemand::object object = document["metadata"].get_object();
    text = std::string(std::string_view(object.raw_json()));
  }
  const size_t first = text.find('{'), last = text.rfind('}');
  if (first == std::string::npos || last == std::string::npos || last <= first) {
    throw std::invalid_argument("metadata is not a JSON object");
  }
  return text.substr(first + 1, last - first - 1);
}

Message message_of_point(const std::string& line, const Json& letter) {
  Json value;
  if (letter.contains("value")) value = letter["value"];
  else if (letter.contains("value_str")) value = letter["value_str"];
  Message message;
  message.topic = letter.at("topic").get<std::string>();
  message.received_us = now_us();
  message.payload = "{\"timestamp\":" + letter.at("time").dump() + ",\"value\":" + value.dump() +
                    ",\"quality\":" + letter.at("quality").dump();
  const std::string members = members_of_metadata(line, letter);
  if (members.find_first_not_of(" \t\n\r") != std::string::npos) message.payload += "," + members;
  message.payload += "}";
  return message;
}

}  // namespace

Message parse_message(const std::string& line) { return message_of(Json::parse(line)); }

Message parse_letter(const std::string& line) {
  const Json letter = Json::parse(line);
  const bool is_message = letter.contains("payload") || letter.contains("payload_base64");
  return is_message ? message_of(letter) : message_of_point(line, letter);
}

}  // namespace file_source
