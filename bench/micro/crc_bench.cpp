// What a CRC32C costs by each way that this processor has: of a message as the intake takes it (its
// place, topic and payload, 193 bytes in three pieces), and of a long text.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "intake/crc32c.hpp"

using penstock::engine::Crc32c;

namespace {

double seconds_of(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void show(const char* name, Crc32c* way) {
  const std::vector<uint8_t> bytes(1 << 20, 0x5a);
  volatile uint32_t result = 0;
  constexpr int kMessages = 2'000'000, kTexts = 200;
  double message = 1e9, text = 1e9;
  for (int run = 0; run < 5; ++run) {
    message = std::min(message, seconds_of([&] {
                         for (int i = 0; i < kMessages; ++i) {
                           const uint8_t* const at = bytes.data() + i % 4096;
                           result = way(way(way(result, at, 16), at + 16, 28), at + 44, 149);
                         }
                       }));
    text = std::min(text, seconds_of([&] {
                      for (int i = 0; i < kTexts; ++i)
                        result = way(result, bytes.data(), bytes.size());
                    }));
  }
  std::printf("%s: %.1f ns a message, %.0f MB/s\n", name, message / kMessages * 1e9,
              static_cast<double>(bytes.size()) * kTexts / text / 1e6);
}

}  // namespace

int main() {
  using namespace penstock::engine;
  show("as built", &crc32c);
  if (crc32c_by_instruction()) show("by the processor's instruction", crc32c_by_instruction());
  show("by tables", &crc32c_by_tables);
}
