// CRC32C (Castagnoli), by the processor where it can: x86-64-v2 and ARMv8 with crc do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace penstock::engine {

namespace detail {

#if defined(__SSE4_2__)
inline uint32_t crc_step(uint32_t crc, uint64_t value) {
  return static_cast<uint32_t>(_mm_crc32_u64(crc, value));
}
inline uint32_t crc_step(uint32_t crc, uint32_t value) { return _mm_crc32_u32(crc, value); }
inline uint32_t crc_step(uint32_t crc, uint8_t value) { return _mm_crc32_u8(crc, value); }
#elif defined(__ARM_FEATURE_CRC32)
inline uint32_t crc_step(uint32_t crc, uint64_t value) { return __crc32cd(crc, value); }
inline uint32_t crc_step(uint32_t crc, uint32_t value) { return __crc32cw(crc, value); }
inline uint32_t crc_step(uint32_t crc, uint8_t value) { return __crc32cb(crc, value); }
#else
inline uint32_t crc_step(uint32_t crc, uint8_t value) {
  constexpr uint32_t kPolynomial = 0x82F63B78;  // reflected
  crc ^= value;
  for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
  return crc;
}
template <class T>
uint32_t crc_step(uint32_t crc, T value) {
  for (size_t i = 0; i < sizeof(T); ++i) crc = crc_step(crc, static_cast<uint8_t>(value >> 8 * i));
  return crc;
}
#endif

}  // namespace detail

// Goes on from `crc`, the result for what comes before, or 0.
inline uint32_t crc32c(uint32_t crc, const void* data, size_t size) {
  const auto* at = static_cast<const uint8_t*>(data);
  crc = ~crc;
  const auto step = [&]<class T>(T value) {
    std::memcpy(&value, at, sizeof(T));
    crc = detail::crc_step(crc, value);
    at += sizeof(T);
  };
  for (; size >= 8; size -= 8) step(uint64_t{});
  if (size & 4) step(uint32_t{});
  for (size &= 3; size > 0; --size) step(uint8_t{});
  return ~crc;
}

}  // namespace penstock::engine
