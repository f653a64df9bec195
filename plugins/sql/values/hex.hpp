// Hexadecimal digits.
#pragma once

namespace sql {

inline constexpr char kHexDigits[] = "0123456789abcdef";

// -1: it is none.
inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace sql
