// Whether a piece of text is one JSON value (RFC 8259), for values that are passed on as
// they are. On-Demand parsing checks only what is asked for.
#pragma once

#include <bit>
#include <string_view>

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

// Whether `text` is a string without escapes, which is well by its ends alone. What follows
// it must be readable, as above.
inline bool is_plain_string(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         quote_or_backslash(text.data() + 1) == text.data() + text.size() - 1;
}

// `text` has no surrounding white space, is valid UTF-8, and has no control character in a
// string: simdjson's first stage has seen to the latter two.
enum class JsonFault { kNone, kWrong, kTooDeep };
JsonFault json_fault(std::string_view text, int most_depth);

}  // namespace json_decoder
