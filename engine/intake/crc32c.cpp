#include "intake/crc32c.hpp"

#include <array>

#include "intake/crc32c_instruction.hpp"

#if defined(__aarch64__)
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1 << 7)  // Linux, arch/arm64/include/uapi/asm/hwcap.h
#endif
#endif

namespace penstock::engine {
namespace {

using Tables = std::array<std::array<uint32_t, 256>, 8>;

// The table k has the remainder of a byte with k zero bytes behind it.
constexpr Tables make_tables() {
  constexpr uint32_t kPolynomial = 0x82F63B78;  // reflected
  Tables tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < tables.size(); ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

// In the order of the bytes, whatever the processor's own is.
uint32_t four_bytes(const uint8_t* at) {
  return at[0] | static_cast<uint32_t>(at[1]) << 8 | static_cast<uint32_t>(at[2]) << 16 |
         static_cast<uint32_t>(at[3]) << 24;
}

}  // namespace

uint32_t crc32c_by_tables(uint32_t crc, const void* data, size_t size) {
  const auto* at = static_cast<const uint8_t*>(data);
  crc = ~crc;
  for (; size >= 8; size -= 8, at += 8) {
    const uint32_t low = crc ^ four_bytes(at);
    const uint32_t high = four_bytes(at + 4);
    crc = kTables[7][low & 0xff] ^ kTables[6][low >> 8 & 0xff] ^ kTables[5][low >> 16 & 0xff] ^
          kTables[4][low >> 24] ^ kTables[3][high & 0xff] ^ kTables[2][high >> 8 & 0xff] ^
          kTables[1][high >> 16 & 0xff] ^ kTables[0][high >> 24];
  }
  for (; size > 0; --size) crc = crc >> 8 ^ kTables[0][(crc ^ *at++) & 0xff];
  return ~crc;
}

Crc32c* crc32c_by_instruction() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return &detail::crc32c_instruction;
#elif defined(__aarch64__)
  if (getauxval(AT_HWCAP) & HWCAP_CRC32) return &detail::crc32c_instruction;
#endif
  return nullptr;
}

}  // namespace penstock::engine
