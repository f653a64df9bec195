// Functions of bytea, and between it and text.
#include <simdjson.h>

#include <algorithm>
#include <bit>
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

// False: it has failed.
bool is_index(Run& run, int64_t number, size_t count) {
  if (number >= 0 && static_cast<uint64_t>(number) < count) return true;
  run.fail("2202E", "index " + std::to_string(number) + " out of valid range, 0.." +
                        std::to_string(static_cast<int64_t>(count) - 1));
  return false;
}

int32_t get_byte(Run& run, Bytes bytes, int32_t number) {
  if (!is_index(run, number, bytes.bytes.size())) return 0;
  return static_cast<unsigned char>(bytes.bytes[static_cast<size_t>(number)]);
}

// Bits are numbered from the right in each byte.
int32_t get_bit(Run& run, Bytes bytes, int64_t number) {
  if (!is_index(run, number, 8 * bytes.bytes.size())) return 0;
  const auto at = static_cast<size_t>(number);
  return static_cast<unsigned char>(bytes.bytes[at / 8]) >> (at % 8) & 1;
}

Bytes with_byte(Run& run, Bytes bytes, size_t at, int32_t byte) {
  char* const copy = run.arena().allocate(bytes.bytes.size());
  std::memcpy(copy, bytes.bytes.data(), bytes.bytes.size());
  copy[at] = static_cast<char>(byte);
  return {{copy, bytes.bytes.size()}};
}

Bytes set_byte(Run& run, Bytes bytes, int32_t number, int32_t byte) {
  if (!is_index(run, number, bytes.bytes.size())) return {};
  return with_byte(run, bytes, static_cast<size_t>(number), byte);
}

Bytes set_bit(Run& run, Bytes bytes, int64_t number, int32_t bit) {
  if (!is_index(run, number, 8 * bytes.bytes.size())) return {};
  if (bit != 0 && bit != 1) {
    run.fail("22023", "new bit must be 0 or 1");
    return {};
  }
  const auto at = static_cast<size_t>(number);
  const int32_t byte = static_cast<unsigned char>(bytes.bytes[at / 8]);
  const int32_t mask = 1 << (at % 8);
  return with_byte(run, bytes, at / 8, bit == 1 ? byte | mask : byte & ~mask);
}

int64_t count_bits(Bytes bytes) {
  int64_t count = 0;
  for (const char byte : bytes.bytes) count += std::popcount(static_cast<unsigned char>(byte));
  return count;
}

// bytea_substring of varlena.c.
Bytes part_from(Bytes bytes, int32_t start) {
  const size_t begin = static_cast<size_t>(std::max(start, 1)) - 1;
  return {bytes.bytes.substr(std::min(begin, bytes.bytes.size()))};
}
Bytes part(Run& run, Bytes bytes, int32_t start, int32_t count) {
  if (count < 0) {
    run.fail("22011", "negative substring length not allowed");
    return {};
  }
  const int64_t end = int64_t{start} + count;
  if (end > INT32_MAX) return part_from(bytes, start);
  const int64_t left = std::max<int64_t>(end - std::max(start, 1), 0);
  return {part_from(bytes, start).bytes.substr(0, static_cast<size_t>(left))};
}

int32_t position_of_bytes(Bytes bytes, Bytes sought) {
  return static_cast<int32_t>(bytes.bytes.find(sought.bytes) + 1);  // npos + 1 is 0
}

template <bool left, bool right>
Bytes trim_bytes(Bytes bytes, Bytes unwanted) {
  std::string_view text = bytes.bytes;
  if (left) text.remove_prefix(std::min(text.find_first_not_of(unwanted.bytes), text.size()));
  if (right) text = text.substr(0, text.find_last_not_of(unwanted.bytes) + 1);
  return {text};
}

}  // namespace

void add_bytes(Catalogue& to) {
  to.add_function<convert_from>("convert_from");
  to.add_function<get_byte>("get_byte");
  to.add_function<set_byte>("set_byte");
  to.add_function<get_bit>("get_bit");
  to.add_function<set_bit>("set_bit");
  to.add_function<count_bits>("bit_count");
  for (const char* const name : {"substring", "substr"}) {
    to.add_function<part_from>(name);
    to.add_function<part>(name);
  }
  to.add_function<position_of_bytes>("position");
  to.add_function<trim_bytes<true, true>>("btrim");
  to.add_function<trim_bytes<true, false>>("ltrim");
  to.add_function<trim_bytes<false, true>>("rtrim");
}

}  // namespace sql
