// Characters of a text, which is valid UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sql {

inline bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

inline size_t bytes_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

inline size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += begins_character(c);
  return count;
}

// Where the character of this number begins; the text's size if it has no more than these.
inline size_t offset_of_character(std::string_view text, size_t number) {
  size_t at = 0;
  for (; number > 0 && at < text.size(); --number) at += bytes_of_character(text[at]);
  return at;
}

// As many whole characters as so many bytes hold (pg_mbcliplen).
inline std::string_view clipped(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && !begins_character(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

// Behind what it wrote.
inline char* write_utf8(char* to, char32_t point) {
  if (point < 0x80) {
    *to++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *to++ = static_cast<char>(0xC0 | point >> 6);
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    *to++ = static_cast<char>(0xE0 | point >> 12);
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  } else {
    *to++ = static_cast<char>(0xF0 | point >> 18);
    *to++ = static_cast<char>(0x80 | (point >> 12 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point >> 6 & 0x3F));
    *to++ = static_cast<char>(0x80 | (point & 0x3F));
  }
  return to;
}

inline char32_t read_character(std::string_view text, size_t& at) {
  const auto byte = [&](size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t first = byte(at);
  const size_t size = bytes_of_character(text[at]);
  char32_t point = size == 1 ? first : first & (0xFFu >> (size + 1));
  for (size_t i = 1; i < size; ++i) point = point << 6 | (byte(at + i) & 0x3F);
  at += size;
  return point;
}

}  // namespace sql
