// CRC32C by the instruction of SSE 4.2 or ARMv8, where the compiler knows one:
// PENSTOCK_CRC_INSTRUCTION is then defined. Whether this processor has it is for the caller to know
// (crc32c.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define PENSTOCK_CRC_INSTRUCTION __attribute__((target("sse4.2")))
#elif defined(__aarch64__)
#include <arm_acle.h>
#define PENSTOCK_CRC_INSTRUCTION __attribute__((target("+crc")))
#endif

#ifdef PENSTOCK_CRC_INSTRUCTION
namespace penstock::engine::detail {

#if defined(__x86_64__)
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint64_t value) {
  return static_cast<uint32_t>(_mm_crc32_u64(crc, value));
}
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint32_t value) {
  return _mm_crc32_u32(crc, value);
}
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint8_t value) {
  return _mm_crc32_u8(crc, value);
}
#else
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint64_t value) {
  return __crc32cd(crc, value);
}
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint32_t value) {
  return __crc32cw(crc, value);
}
PENSTOCK_CRC_INSTRUCTION inline uint32_t crc_step(uint32_t crc, uint8_t value) {
  return __crc32cb(crc, value);
}
#endif

PENSTOCK_CRC_INSTRUCTION inline uint32_t crc32c_instruction(uint32_t crc, const void* data,
                                                            size_t size) {
  const auto* at = static_cast<const uint8_t*>(data);
  crc = ~crc;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t value;
    std::memcpy(&value, at, sizeof(value));
    crc = crc_step(crc, value);
  }
  if (size & 4) {
    uint32_t value;
    std::memcpy(&value, at, sizeof(value));
    crc = crc_step(crc, value);
    at += 4;
  }
  for (size &= 3; size > 0; --size) crc = crc_step(crc, *at++);
  return ~crc;
}

}  // namespace penstock::engine::detail
#endif
