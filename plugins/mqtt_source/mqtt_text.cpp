#include "mqtt_text.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>

namespace mqtt_source {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The character at `at` in valid UTF-8; moves `at` past it.
uint32_t next_character(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  uint32_t character = first < 0x80   ? first
                       : first < 0xE0 ? first & 0x1F
                       : first < 0xF0 ? first & 0x0F
                                      : first & 0x07;
  while (at < text.size() && is_continuation(text[at])) {
    character = (character << 6) | (static_cast<unsigned char>(text[at++]) & 0x3F);
  }
  return character;
}

bool is_control(uint32_t character) {
  return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

// Unicode 23.7.
bool is_noncharacter(uint32_t character) {
  return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

}  // namespace

std::string fault_of_text(std::string_view text) {
  if (text.size() > kMostTextBytes) return "is longer than 65,535 bytes";
  if (!simdjson::validate_utf8(text.data(), text.size())) return "is not UTF-8";
  for (size_t at = 0; at < text.size();) {
    const uint32_t character = next_character(text, at);
    if (is_control(character)) return "has a control character";
    if (is_noncharacter(character)) return "has a noncharacter code point";
  }
  return "";
}

bool is_text(std::string_view text) {
  // ASCII without NUL; char is signed on some machines only.
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return static_cast<signed char>(c) > 0; })) {
    return true;
  }
  return text.find('\0') == std::string_view::npos &&
         simdjson::validate_utf8(text.data(), text.size());
}

std::string_view clean_text(std::string_view text, std::string& clean) {
  if (is_text(text)) return text;
  clean.clear();
  for (size_t at = 0; at < text.size();) {
    // The longest valid piece.
    size_t size = std::min<size_t>(4, text.size() - at);
    while (size > 1 && !simdjson::validate_utf8(text.data() + at, size)) --size;
    const bool ok = text[at] != '\0' && simdjson::validate_utf8(text.data() + at, size);
    // It may hold several characters; take the first.
    size_t taken = 1;
    if (ok) {
      while (taken < size && !simdjson::validate_utf8(text.data() + at, taken)) ++taken;
      clean.append(text.substr(at, taken));
    } else {
      clean += "\xEF\xBF\xBD";
    }
    at += taken;
  }
  return clean;
}

std::string_view cut_text(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && is_continuation(text[most])) --most;
  return text.substr(0, most);
}

}  // namespace mqtt_source
