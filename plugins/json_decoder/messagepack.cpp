#include "messagepack.hpp"

#include <bit>

namespace json_decoder {
namespace {

uint64_t number_of(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}

}  // namespace

void MessagePackTranscoder::append_array_head(size_t count, std::string& to) {
  if (count < 16) {
    to += static_cast<char>(0x90 | count);
    return;
  }
  const bool is_short = count <= UINT16_MAX;
  to += is_short ? '\xDC' : '\xDD';
  append_big_endian(count, is_short ? 2 : 4, to);
}

bool MessagePackTranscoder::value(int depth) {
  ValuePlace* const place = wanted();
  if (place) place->begin = place->head = at_;
  const bool ok = content(depth);
  if (place) place->end = at_;
  return ok;
}

bool MessagePackTranscoder::content(int depth) {
  const char* head = at_;
  uint8_t first = 0;
  if (!byte(first) || !has_room(head)) return false;
  bool is_integer = true;
  if (!integer(first, is_integer)) return false;
  if (is_integer) return true;
  uint64_t number = 0;
  std::string_view content;
  if (first < 0x90) return map(first & 0x0F, depth, head);
  if (first < 0xA0) return array(first & 0x0F, depth, head);
  if (first < 0xC0) return take(first & 0x1F, content) && text(content);
  switch (first) {
    case 0xC0: write("null"); return true;
    case 0xC2: write("false"); return true;
    case 0xC3: write("true"); return true;
    case 0xC4:
    case 0xC5:
    case 0xC6: return bytes(1 << (first - 0xC4));
    case 0xC7:
    case 0xC8:
    case 0xC9: return big_endian(1 << (first - 0xC7), number) && extension(number, head);
    case 0xCA:
      return big_endian(4, number) &&
             write_number(std::bit_cast<float>(static_cast<uint32_t>(number)), head);
    case 0xCB: return big_endian(8, number) && write_number(std::bit_cast<double>(number), head);
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8: return extension(uint64_t{1} << (first - 0xD4), head);
    case 0xD9:
    case 0xDA:
    case 0xDB: return sized(1 << (first - 0xD9), content) && text(content);
    case 0xDC:
    case 0xDD: return big_endian(2 << (first - 0xDC), number) && array(number, depth, head);
    case 0xDE:
    case 0xDF: return big_endian(2 << (first - 0xDE), number) && map(number, depth, head);
    default: return wrong("no value begins with the byte C1", head);
  }
}

bool MessagePackTranscoder::integer(uint8_t first, bool& is_one) {
  uint64_t number = 0;
  is_one = true;
  if (first < 0x80) {
    write_number(uint64_t{first});
    return true;
  }
  if (first >= 0xE0) return signed_number(static_cast<int8_t>(first));
  if (first >= 0xCC && first <= 0xCF) {
    if (!big_endian(1 << (first - 0xCC), number)) return false;
    write_number(number);
    return true;
  }
  if (first >= 0xD0 && first <= 0xD3) {
    const int size = 1 << (first - 0xD0);
    if (!big_endian(size, number)) return false;
    const int unused = 64 - 8 * size;
    return signed_number(static_cast<int64_t>(number << unused) >> unused);
  }
  is_one = false;
  return true;
}

bool MessagePackTranscoder::signed_number(int64_t number) {
  if (number < 0) write_negative(static_cast<uint64_t>(-1 - number));
  else write_number(static_cast<uint64_t>(number));
  return true;
}

bool MessagePackTranscoder::sized(int bytes, std::string_view& content) {
  uint64_t size = 0;
  return big_endian(bytes, size) && take(size, content);
}

bool MessagePackTranscoder::text(std::string_view content) {
  write('"');
  if (!write_text(content)) return false;
  write('"');
  return true;
}

bool MessagePackTranscoder::bytes(int size_bytes) {
  std::string_view content;
  if (!sized(size_bytes, content)) return false;
  write('"');
  if (!write_bytes(content)) return false;
  write('"');
  return true;
}

bool MessagePackTranscoder::array(uint64_t count, int depth, const char* head) {
  if (!enter(depth, head)) return false;
  write('[');
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) write(',');
    if (!value(depth + 1)) return false;
  }
  write(']');
  return true;
}

bool MessagePackTranscoder::map(uint64_t count, int depth, const char* head) {
  if (!enter(depth, head)) return false;
  write('{');
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) write(',');
    if (!key()) return false;
    write(':');
    if (!value(depth + 1)) return false;
  }
  write('}');
  return true;
}

// Integers are their digits.
bool MessagePackTranscoder::key() {
  const char* head = at_;
  uint8_t first = 0;
  if (!byte(first) || !has_room(head)) return false;
  std::string_view content;
  if (first >= 0xA0 && first < 0xC0) return take(first & 0x1F, content) && text(content);
  if (first >= 0xD9 && first <= 0xDB) return sized(1 << (first - 0xD9), content) && text(content);
  bool is_integer = false;
  write('"');
  if (!integer(first, is_integer)) return false;
  if (!is_integer) return no_json("a key that is neither text nor integer", head);
  write('"');
  return true;
}

bool MessagePackTranscoder::extension(uint64_t size, const char* head) {
  uint8_t type = 0;
  std::string_view content;
  if (!byte(type) || !take(size, content)) return false;
  if (type == 0xFF) return timestamp(content, head);
  return no_json("the extension type " + std::to_string(static_cast<int8_t>(type)), head);
}

// The spec's "Timestamp extension type".
bool MessagePackTranscoder::timestamp(std::string_view content, const char* head) {
  uint64_t seconds = 0, nanoseconds = 0;
  if (content.size() == 4) {
    seconds = number_of(content);
  } else if (content.size() == 8) {
    const uint64_t both = number_of(content);
    nanoseconds = both >> 34;
    seconds = both & ((uint64_t{1} << 34) - 1);
  } else if (content.size() == 12) {
    nanoseconds = number_of(content.substr(0, 4));
    seconds = number_of(content.substr(4));
  } else {
    return wrong("a timestamp has neither 4, 8 nor 12 bytes", head);
  }
  if (nanoseconds > 999'999'999) return wrong("a timestamp has more than 999999999 ns", head);
  return write_time(static_cast<int64_t>(seconds), static_cast<uint32_t>(nanoseconds), head);
}

}  // namespace json_decoder
