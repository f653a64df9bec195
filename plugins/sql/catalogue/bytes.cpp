// Functions of bytea, and between it and text.
#include <simdjson.h>

#include <algorithm>
#include <cstring>

#include "catalogue/catalogue.hpp"
#include "values/hex.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

bool continues(std::string_view bytes, size_t at) {
  return at < bytes.size() && (bytes[at] & 0xC0) == 0x80;
}

// Bytes of the character that begins here; 0: it is none (pg_utf8_islegal).
size_t legal_character(std::string_view bytes, size_t at) {
  const auto first = static_cast<unsigned char>(bytes[at]);
  const auto second = static_cast<unsigned char>(at + 1 < bytes.size() ? bytes[at + 1] : 0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !continues(bytes, at + 1)) return 0;
  if (first < 0xE0) return 2;
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if (first < 0xF0) return continues(bytes, at + 2) ? 3 : 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return continues(bytes, at + 2) && continues(bytes, at + 3) ? 4 : 0;
}

// As many bytes as the first says that the character has (report_invalid_encoding of mbutils.c).
void fail_encoding(Run& run, std::string_view bytes) {
  size_t at = 0;
  while (const size_t size = legal_character(bytes, at)) at += size;
  const auto first = static_cast<unsigned char>(bytes[at]);
  const size_t said = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 1;
  std::string shown;
  for (size_t i = at; i < std::min(at + said, bytes.size()); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    shown +=
        std::string(shown.empty() ? "0x" : " 0x") + kHexDigits[byte >> 4] + kHexDigits[byte & 15];
  }
  run.fail("22021", "invalid byte sequence for encoding \"UTF8\": " + shown);
}

bool is_utf8_name(Text name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_') plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  return plain == "utf8" || plain == "unicode";
}

Text convert_from(Run& run, Bytes bytes, Text encoding) {
  if (!is_utf8_name(encoding)) {
    run.fail("0A000", "convert_from: only UTF8 is supported");
    return {};
  }
  const std::string_view text = bytes.bytes;
  const bool is_valid = simdjson::validate_utf8(text.data(), text.size()) &&
                        std::memchr(text.data(), 0, text.size()) == nullptr;
  if (!is_valid) fail_encoding(run, text);
  return text;
}

int32_t get_byte(Run& run, Bytes bytes, int32_t number) {
  if (number >= 0 && static_cast<size_t>(number) < bytes.bytes.size()) {
    return static_cast<unsigned char>(bytes.bytes[static_cast<size_t>(number)]);
  }
  run.fail("2202E", "index " + std::to_string(number) + " out of valid range, 0.." +
                        std::to_string(static_cast<int64_t>(bytes.bytes.size()) - 1));
  return 0;
}

}  // namespace

void add_bytes(Catalogue& to) {
  to.add_function<convert_from>("convert_from");
  to.add_function<get_byte>("get_byte");
}

}  // namespace sql
