// Writes numbers in the byte order of PostgreSQL's protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace timescale_sink {

template <class T>
T big_endian(T value) {
  static_assert(std::is_integral_v<T>);
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2)
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(T) == 4)
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

// Both advance `at`; the caller has made room.
template <class T>
void put(char*& at, T value) {
  value = big_endian(value);
  std::memcpy(at, &value, sizeof(value));
  at += sizeof(value);
}

inline void put_bytes(char*& at, std::string_view bytes) {
  std::memcpy(at, bytes.data(), bytes.size());
  at += bytes.size();
}

inline constexpr int32_t kNullLength = -1;
inline constexpr uint32_t kLengthBytes = sizeof(int32_t);

}  // namespace timescale_sink
