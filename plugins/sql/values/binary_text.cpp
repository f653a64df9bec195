#include "values/binary_text.hpp"

#include "values/hex.hpp"
#include "values/utf8.hpp"

namespace sql {
namespace {

constexpr std::string_view kDigitsOf64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_between_digits(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::nullopt_t fail_digit(Run& run, Text rest) {
  run.fail("22023", "invalid hexadecimal digit: \"" +
                        std::string(rest.substr(0, bytes_of_character(rest[0]))) + "\"");
  return std::nullopt;
}

int digit_of_64(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool is_octal(char c, char most) { return c >= '0' && c <= most; }

}  // namespace

void append_hex(std::string& to, std::string_view bytes) {
  for (const char c : bytes) {
    to += kHexDigits[static_cast<unsigned char>(c) >> 4];
    to += kHexDigits[c & 15];
  }
}

void append_base64(std::string& to, std::string_view bytes) {
  constexpr size_t kLine = 76;
  size_t of_line = 0;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](size_t i) -> uint32_t {
      return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
    };
    if (of_line == kLine) {
      to += '\n';
      of_line = 0;
    }
    const uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    const size_t left = bytes.size() - at;
    to += kDigitsOf64[three >> 18];
    to += kDigitsOf64[three >> 12 & 63];
    to += left > 1 ? kDigitsOf64[three >> 6 & 63] : '=';
    to += left > 2 ? kDigitsOf64[three & 63] : '=';
    of_line += 4;
  }
  // A line that is full ends even where nothing follows.
  if (of_line == kLine) to += '\n';
}

void append_escaped(std::string& to, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0 || byte >= 0x80) {
      to += '\\';
      to += static_cast<char>('0' + (byte >> 6));
      to += static_cast<char>('0' + (byte >> 3 & 7));
      to += static_cast<char>('0' + (byte & 7));
    } else {
      if (c == '\\') to += c;
      to += c;
    }
  }
}

std::optional<Bytes> read_hex(Run& run, Text digits) {
  char* const bytes = run.arena().allocate(digits.size() / 2);
  char* to = bytes;
  for (size_t i = 0; i < digits.size();) {
    if (is_between_digits(digits[i])) {
      ++i;
      continue;
    }
    const int high = hex_digit(digits[i]);
    if (high < 0) return fail_digit(run, digits.substr(i));
    if (++i == digits.size()) {
      run.fail("22023", "invalid hexadecimal data: odd number of digits");
      return std::nullopt;
    }
    const int low = hex_digit(digits[i]);
    if (low < 0) return fail_digit(run, digits.substr(i));
    *to++ = static_cast<char>(high << 4 | low);
    ++i;
  }
  return Bytes{{bytes, static_cast<size_t>(to - bytes)}};
}

std::optional<Bytes> read_base64(Run& run, Text text) {
  const auto fail = [&](const std::string& message) {
    run.fail("22023", message);
    return std::nullopt;
  };
  char* const bytes = run.arena().allocate(text.size() / 4 * 3 + 3);
  char* to = bytes;
  uint32_t four = 0;
  int count = 0, kept = 3;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_between_digits(c)) continue;
    int digit = digit_of_64(c);
    if (c == '=') {
      if (kept == 3 && count < 2) return fail("unexpected \"=\" while decoding base64 sequence");
      if (kept == 3) kept = count - 1;
      digit = 0;
    } else if (digit < 0) {
      return fail("invalid symbol \"" + std::string(text.substr(at, bytes_of_character(c))) +
                  "\" found while decoding base64 sequence");
    }
    four = four << 6 | static_cast<uint32_t>(digit);
    if (++count < 4) continue;
    for (int i = 0; i < kept; ++i) *to++ = static_cast<char>(four >> (16 - 8 * i));
    four = 0;
    count = 0;
  }
  if (count != 0) return fail("invalid base64 end sequence");
  return Bytes{{bytes, static_cast<size_t>(to - bytes)}};
}

std::optional<Bytes> read_escaped(Run& run, Text text) {
  char* const bytes = run.arena().allocate(text.size());
  char* to = bytes;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      *to++ = text[i++];
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      *to++ = '\\';
      i += 2;
    } else if (i + 3 < text.size() && is_octal(text[i + 1], '3') && is_octal(text[i + 2], '7') &&
               is_octal(text[i + 3], '7')) {
      *to++ = static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
                                (text[i + 3] - '0'));
      i += 4;
    } else {
      run.fail("22P02", "invalid input syntax for type bytea");
      return std::nullopt;
    }
  }
  return Bytes{{bytes, static_cast<size_t>(to - bytes)}};
}

}  // namespace sql
