#include "transcoder.hpp"

#include <penstock/utf8.hpp>

#include <simdjson.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace json_decoder {

bool Transcoder::big_endian(int count, uint64_t& value) {
  if (end_ - at_ < count) return unexpected_end();
  value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<uint8_t>(*at_++);
  return true;
}

void Transcoder::append_big_endian(size_t number, int count, std::string& to) {
  for (int i = count - 1; i >= 0; --i) to += static_cast<char>(number >> 8 * i);
}

bool Transcoder::take(uint64_t count, std::string_view& bytes) {
  if (count > static_cast<uint64_t>(end_ - at_)) return unexpected_end();
  bytes = {at_, static_cast<size_t>(count)};
  at_ += count;
  return true;
}

void Transcoder::write_number(uint64_t number) {
  char text[20];
  write({text, static_cast<size_t>(std::to_chars(text, text + sizeof(text), number).ptr - text)});
}

void Transcoder::write_negative(uint64_t below) {
  char text[21];
  const auto number = -1 - static_cast<int64_t>(below);
  write({text, static_cast<size_t>(std::to_chars(text, text + sizeof(text), number).ptr - text)});
}

template <class Float>
bool Transcoder::write_float(Float number, const char* head) {
  if (std::isnan(number)) return no_json("NaN", head);
  if (std::isinf(number)) return no_json(number < 0 ? "-Infinity" : "Infinity", head);
  char text[32];
  write({text, static_cast<size_t>(std::to_chars(text, text + sizeof(text), number).ptr - text)});
  return true;
}

bool Transcoder::write_number(float number, const char* head) { return write_float(number, head); }
bool Transcoder::write_number(double number, const char* head) { return write_float(number, head); }

bool Transcoder::write_text(std::string_view text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return wrong("not valid UTF-8", penstock::utf8_fault(text));
  }
  if (!has_room(at_, text.size())) return false;
  constexpr char kHex[] = "0123456789abcdef";
  const char* plain = text.data();  // not yet written
  const char* end = plain + text.size();
  for (const char* at = plain; at < end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    write({plain, static_cast<size_t>(at - plain)});
    if (!has_room(at, static_cast<size_t>(end - at))) return false;
    plain = at + 1;
    write('\\');
    if (c == '"' || c == '\\') {
      write(*at);
    } else {
      write("u00");
      write(kHex[c >> 4]);
      write(kHex[c & 15]);
    }
  }
  write({plain, static_cast<size_t>(end - plain)});
  return true;
}

bool Transcoder::write_bytes(std::string_view bytes, BytesAs as) {
  const size_t size = as == BytesAs::kBase16 ? 2 * bytes.size() : (bytes.size() + 2) / 3 * 4;
  if (!has_room(at_, size)) return false;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (as == BytesAs::kBase16) {
    constexpr char kHex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.size(); ++i) {
      write(kHex[at(i) >> 4]);
      write(kHex[at(i) & 15]);
    }
    return true;
  }
  const bool url = as == BytesAs::kBase64Url;
  const char* digits = url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                           : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = std::min<size_t>(bytes.size() - i, 3);
    uint32_t bits = at(i) << 16;
    if (left > 1) bits |= at(i + 1) << 8;
    if (left > 2) bits |= at(i + 2);
    for (size_t k = 0; k <= left; ++k) write(digits[bits >> (18 - 6 * k) & 63]);
    for (size_t k = left; k < 3 && !url; ++k) write('=');
  }
  return true;
}

bool Transcoder::write_time(int64_t seconds, uint32_t nanoseconds, const char* head) {
  using namespace std::chrono;
  constexpr int64_t kYear0 = -62'167'219'200, kYear10000 = 253'402'300'800;
  if (seconds < kYear0 || seconds >= kYear10000) {
    return no_json("a time outside of the years 0 to 9999", head);
  }
  const auto day = floor<days>(sys_seconds(std::chrono::seconds(seconds)));
  const year_month_day date(day);
  const hh_mm_ss time(sys_seconds(std::chrono::seconds(seconds)) - day);
  char text[40];
  int size = std::snprintf(
      text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()));
  if (nanoseconds > 0) {
    size +=
        std::snprintf(text + size, sizeof(text) - static_cast<size_t>(size), ".%09u", nanoseconds);
    while (text[size - 1] == '0') --size;
  }
  write('"');
  write({text, static_cast<size_t>(size)});
  write("Z\"");
  return true;
}

}  // namespace json_decoder
