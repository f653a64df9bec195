#include "intake/crc32c.hpp"

#include "catch.hpp"

#include <numeric>
#include <random>
#include <string>
#include <vector>

using namespace penstock::engine;

namespace {

// As it is defined: bit by bit.
uint32_t by_definition(uint32_t crc, const void* data, size_t size) {
  crc = ~crc;
  for (const auto* at = static_cast<const uint8_t*>(data); size > 0; --size) {
    crc ^= *at++;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
  }
  return ~crc;
}

// Each way that there is on this processor.
std::vector<Crc32c*> ways() {
  std::vector<Crc32c*> all{&by_definition, &crc32c, &crc32c_by_tables};
  if (crc32c_by_instruction()) all.push_back(crc32c_by_instruction());
  return all;
}

}  // namespace

TEST_CASE("a CRC32C is that of the standards, by every way") {
  std::vector<uint8_t> zeros(32, 0), ones(32, 0xff), rising(32), falling(32);
  std::iota(rising.begin(), rising.end(), 0);
  std::iota(falling.rbegin(), falling.rend(), 0);
  // RFC 3720, B.4: an iSCSI SCSI Read (10) Command PDU.
  const std::vector<uint8_t> command = {
      0x01, 0xc0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0,
      0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0,    0};
  for (Crc32c* const way : ways()) {
    CHECK(way(0, zeros.data(), zeros.size()) == 0x8A9136AA);
    CHECK(way(0, ones.data(), ones.size()) == 0x62A8AB43);
    CHECK(way(0, rising.data(), rising.size()) == 0x46DD794E);
    CHECK(way(0, falling.data(), falling.size()) == 0x113FDB5C);
    CHECK(way(0, command.data(), command.size()) == 0xD9963A56);
    CHECK(way(0, "123456789", 9) == 0xE3069283);
    CHECK(way(0, "", 0) == 0);
  }
}

TEST_CASE("every way to a CRC32C agrees at any place, of any length and in any pieces") {
  std::mt19937 random(20260304);
  std::vector<uint8_t> bytes(4096 + 16);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  for (int trial = 0; trial < 2000; ++trial) {
    const size_t length = trial < 200 ? static_cast<size_t>(trial) : random() % 4097;
    const uint8_t* const at = bytes.data() + random() % 16;
    const size_t first = length == 0 ? 0 : random() % length;
    const uint32_t expected = by_definition(0, at, length);
    for (Crc32c* const way : ways()) {
      REQUIRE(way(0, at, length) == expected);
      REQUIRE(way(way(0, at, first), at + first, length - first) == expected);
    }
  }
}
