#include "taken_messages.hpp"

#include <cstring>

namespace mqtt_source {
namespace {

constexpr uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;

uint64_t word(const char* at, size_t size) {
  uint64_t value = 0;
  std::memcpy(&value, at, size);
  return value;
}

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * kOdd;
  return hash ^ hash >> 29;
}

// Two sums side by side, for a multiplication takes several cycles.
uint64_t hash(uint64_t seed, std::string_view text) {
  const char* at = text.data();
  size_t size = text.size();
  uint64_t first = seed ^ size * kOdd, second = ~seed;
  for (; size >= 16; size -= 16, at += 16) {
    first = mix(first, word(at, 8));
    second = mix(second, word(at + 8, 8));
  }
  if (size >= 8) {
    first = mix(first, word(at, 8));
    at += 8;
    size -= 8;
  }
  if (size > 0) second = mix(second, word(at, size));
  return mix(first, second);
}

}  // namespace

void TakenMessages::forget() {
  entries_.assign(entries_.size(), {});
  unreleased_.reset();
}

uint64_t TakenMessages::hash_of(const Publish& publish) {
  return hash(hash(kOdd, publish.topic), publish.payload);
}

}  // namespace mqtt_source
