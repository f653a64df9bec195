// Whether a piece of text is JSON (RFC 8259), and where it is not. On-Demand parsing checks only
// what is asked for; the rest is read by this.
#pragma once

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace json_decoder {

// Where the first quote or backslash is; there must be one. Sixteen bytes at a time, for
// which what follows must be readable: lengths vary, and a loop by bytes mispredicts its end
// nearly every time.
inline const char* quote_or_backslash(const char* at) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  for (;; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const int hits = _mm_movemask_epi8(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    if (hits != 0) return at + std::countr_zero(static_cast<unsigned>(hits));
  }
#else
  while (*at != '"' && *at != '\\') ++at;
  return at;
#endif
}

// Whether `text` is a string without escapes, which is valid by its ends alone. What follows
// it must be readable, as above.
inline bool is_plain_string(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         quote_or_backslash(text.data() + 1) == text.data() + text.size() - 1;
}

struct JsonFault {
  enum Kind { kNone, kWrong, kTooDeep } kind = kNone;
  const char* at = nullptr;    // in the text; may be its end
  std::string_view shown;      // a part of the text that `what` is said of, or nothing
  const char* what = nullptr;  // "a colon is missing"
};

// One value and white space around it. UTF-8 is taken for granted: see penstock/utf8.hpp.
JsonFault find_fault(std::string_view text, int most_depth);
// The value at the beginning of `rest`, behind white space, which is taken off with it. Nothing
// when there is none left or a fault.
std::string_view take_value(std::string_view& rest, int most_depth, JsonFault& fault);
// The first `most` elements of an array that has no fault.
std::vector<std::string_view> elements_of(std::string_view array, size_t most);

// What a string without faults means; `quoted` has its quotes.
void unescape(std::string_view quoted, std::string& to);

}  // namespace json_decoder
