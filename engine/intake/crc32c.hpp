// CRC32C (Castagnoli), by the processor's instruction where it has one, else by tables.
#pragma once

#include <cstddef>
#include <cstdint>

// What the whole program is built for needs no choice, and is inlined: x86-64-v2 has it, ARMv8.1
// has it.
#if defined(__SSE4_2__) || defined(__ARM_FEATURE_CRC32)
#include "intake/crc32c_instruction.hpp"
#define PENSTOCK_CRC_INLINE
#endif

namespace penstock::engine {

// Goes on from `crc`, the result for what comes before, or 0.
using Crc32c = uint32_t(uint32_t crc, const void* data, size_t size);

// By eight tables, eight bytes a step; on any processor.
Crc32c crc32c_by_tables;

// Null where this processor has no instruction for it.
Crc32c* crc32c_by_instruction();

inline uint32_t crc32c(uint32_t crc, const void* data, size_t size) {
#ifdef PENSTOCK_CRC_INLINE
  return detail::crc32c_instruction(crc, data, size);
#else
  static Crc32c* const best = crc32c_by_instruction() ? crc32c_by_instruction() : &crc32c_by_tables;
  return best(crc, data, size);
#endif
}

}  // namespace penstock::engine
