// Whether a text is UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace penstock {

// The first byte that is not UTF-8, or null: the well-formed sequences of the Unicode Standard,
// table 3-7. Byte by byte; where simdjson is at hand, its validate_utf8 tells faster whether there
// is one.
inline const char* utf8_fault(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  for (size_t i = 0; i < text.size();) {
    const unsigned char lead = byte(i);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xC2 ? 0
                          : lead < 0xE0 ? 2
                          : lead < 0xF0 ? 3
                          : lead < 0xF5 ? 4
                                        : 0;
    bool ok = length > 0 && i + length <= text.size();
    for (size_t k = 1; ok && k < length; ++k) ok = (byte(i + k) & 0xC0) == 0x80;
    if (ok && length > 2) {
      const unsigned char second = byte(i + 1);
      ok = !(lead == 0xE0 && second < 0xA0) && !(lead == 0xED && second > 0x9F) &&
           !(lead == 0xF0 && second < 0x90) && !(lead == 0xF4 && second > 0x8F);
    }
    if (!ok) return text.data() + i;
    i += length;
  }
  return nullptr;
}

}  // namespace penstock
