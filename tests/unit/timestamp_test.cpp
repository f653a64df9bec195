#include "timestamp.hpp"

#include "catch.hpp"

using namespace json_decoder;

TEST_CASE("RFC 3339 with any offset and any fraction, of which nine digits count") {
  constexpr int64_t kSecond = 1'000'000, kTime = 1'705'314'600 * kSecond;  // 2024-01-15T10:30:00Z
  CHECK(parse_rfc3339("2024-01-15T10:30:00Z") == kTime);
  CHECK(parse_rfc3339("2024-01-15t10:30:00z") == kTime);
  CHECK(parse_rfc3339("2024-01-15 10:30:00Z") == kTime);
  CHECK(parse_rfc3339("2024-01-15T10:30:00.123Z") == kTime + 123'000);
  CHECK(parse_rfc3339("2024-01-15T10:30:00.123456789Z") == kTime + 123'457);
  CHECK(parse_rfc3339("2024-01-15T10:30:00.9999995Z") == kTime + kSecond);
  CHECK(parse_rfc3339("2024-01-15T10:30:00.12345678901234567890Z") == kTime + 123'457);
  CHECK(parse_rfc3339("2024-01-15T12:00:00+01:30") == kTime);
  CHECK(parse_rfc3339("2024-01-15T05:30:00-05:00") == kTime);
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_rfc3339("1969-12-31T23:59:59.5Z") == -500'000);
  CHECK(parse_rfc3339("2000-02-29T00:00:00Z") == 951'782'400 * kSecond);
  CHECK(parse_rfc3339("0001-01-01T00:00:00Z") == -62'135'596'800 * kSecond);
  CHECK(parse_rfc3339("9999-12-31T23:59:59Z") == 253'402'300'799 * kSecond);
  CHECK(parse_rfc3339("2016-12-31T23:59:60Z") == 1'483'228'800 * kSecond);
}

TEST_CASE("what is not RFC 3339 is refused") {
  for (const char* text : {"",
                           "2024",
                           "2024-01-15",
                           "2024-01-15T10:30:00",
                           "2024-01-15T10:30Z",
                           "2024-13-15T10:30:00Z",
                           "2023-02-29T10:30:00Z",
                           "1900-02-29T10:30:00Z",
                           "2024-01-32T10:30:00Z",
                           "2024-01-15T24:00:00Z",
                           "2024-01-15T10:60:00Z",
                           "2024-01-15T10:30:61Z",
                           "2024-01-15T10:30:00.Z",
                           "2024-01-15T10:30:00+1:00",
                           "2024-01-15T10:30:00+0100",
                           "2024-01-15T10:30:00+24:00",
                           "2024-01-15T10:30:00Zx",
                           "2024/01/15T10:30:00Z",
                           "20240115T103000Z    ",
                           "now, or a little later"}) {
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}

TEST_CASE("numbers are seconds, ms, µs or ns by magnitude") {
  constexpr int64_t kTime = 1'705'314'600'123'000;
  CHECK(from_epoch(int64_t{1'705'314'600}, TimeUnit::kAuto) == 1'705'314'600'000'000);
  CHECK(from_epoch(int64_t{1'705'314'600'123}, TimeUnit::kAuto) == kTime);
  CHECK(from_epoch(int64_t{1'705'314'600'123'000}, TimeUnit::kAuto) == kTime);
  CHECK(from_epoch(int64_t{1'705'314'600'123'000'499}, TimeUnit::kAuto) == kTime);
  CHECK(from_epoch(int64_t{1'705'314'600'123'000'500}, TimeUnit::kAuto) == kTime + 1);
  CHECK(from_epoch(1'705'314'600.123, TimeUnit::kAuto) == kTime);
  CHECK(from_epoch(int64_t{-1'000}, TimeUnit::kAuto) == -1'000'000'000);
  CHECK(from_epoch(int64_t{0}, TimeUnit::kAuto) == 0);
}

TEST_CASE("a given unit overrules the magnitude") {
  CHECK(from_epoch(int64_t{5}, TimeUnit::kMilliseconds) == 5'000);
  CHECK(from_epoch(int64_t{1499}, TimeUnit::kNanoseconds) == 1);
  CHECK(from_epoch(int64_t{-1500}, TimeUnit::kNanoseconds) == -1);
  CHECK(from_epoch(int64_t{-1501}, TimeUnit::kNanoseconds) == -2);
  CHECK(from_epoch(int64_t{7}, TimeUnit::kMicroseconds) == 7);
}

TEST_CASE("numbers beyond any time are refused") {
  CHECK_FALSE(from_epoch(int64_t{9'223'372'036'854'775'807}, TimeUnit::kSeconds));
  CHECK_FALSE(from_epoch(1e300, TimeUnit::kAuto));
  CHECK_FALSE(from_epoch(1e19, TimeUnit::kSeconds));
}
