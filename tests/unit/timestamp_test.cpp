#include "timestamp.hpp"

#include "catch.hpp"

using namespace json_decoder;

TEST_CASE("ISO 8601 with any offset and any fraction, of which nine digits count") {
  constexpr int64_t kSecond = 1'000'000, kTime = 1'705'314'600 * kSecond;  // 2024-01-15T10:30:00Z
  CHECK(parse_time("2024-01-15T10:30:00Z") == kTime);
  CHECK(parse_time("2024-01-15t10:30:00z") == kTime);
  CHECK(parse_time("2024-01-15 10:30:00Z") == kTime);
  CHECK(parse_time("2024-01-15T10:30:00.123Z") == kTime + 123'000);
  CHECK(parse_time("2024-01-15T10:30:00.123456789Z") == kTime + 123'457);
  CHECK(parse_time("2024-01-15T10:30:00.9999995Z") == kTime + kSecond);
  CHECK(parse_time("2024-01-15T10:30:00.12345678901234567890Z") == kTime + 123'457);
  CHECK(parse_time("2024-01-15T12:00:00+01:30") == kTime);
  CHECK(parse_time("2024-01-15T05:30:00-05:00") == kTime);
  CHECK(parse_time("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_time("1969-12-31T23:59:59.5Z") == -500'000);
  CHECK(parse_time("2000-02-29T00:00:00Z") == 951'782'400 * kSecond);
  CHECK(parse_time("0001-01-01T00:00:00Z") == -62'135'596'800 * kSecond);
  CHECK(parse_time("9999-12-31T23:59:59Z") == 253'402'300'799 * kSecond);
  CHECK(parse_time("2016-12-31T23:59:60Z") == 1'483'228'800 * kSecond);
}

TEST_CASE("what is not such a time is refused") {
  for (const char* text : {"",
                           "2024",
                           "2024-01-15",
                           "2024-01-15T10:30:00",
                           "2024-13-15T10:30:00Z",
                           "2023-02-29T10:30:00Z",
                           "1900-02-29T10:30:00Z",
                           "2024-01-32T10:30:00Z",
                           "2024-01-15T24:00:00Z",
                           "2024-01-15T10:60:00Z",
                           "2024-01-15T10:30:61Z",
                           "2024-01-15T10:30:00.Z",
                           "2024-01-15T10:30:00+1:00",
                           "2024-01-15T10:30:00+24:00",
                           "2024-01-15T10:30:00+2400",
                           "2024-01-15T10:30:00+1",
                           "2024-01-15T10:30:00+01:0",
                           "2024-01-15T10:30:00+01:000",
                           "2024-01-15T10:30:0Z",
                           "2024-01-15T10:30.5Z",
                           "2024-01-15T10:30:00,Z",
                           "2024-01-15T10Z",
                           "2024-W03-1T10:30:00Z",
                           "2024-015T10:30:00Z",
                           "2024-01-15T10:30:00Zx",
                           "2024/01/15T10:30:00Z",
                           "20240115T103000Z    ",
                           "now, or a little later"}) {
    INFO(text);
    CHECK_FALSE(parse_time(text));
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

TEST_CASE("the other forms that ISO 8601 has for a time of day, a fraction and a zone") {
  constexpr int64_t kTime = 1'705'314'600'000'000;  // 2024-01-15T10:30:00Z
  CHECK(parse_time("2024-01-15T11:30:00+0100") == kTime);
  CHECK(parse_time("2024-01-15T11:30:00+01") == kTime);
  CHECK(parse_time("2024-01-15T06:00:00-0430") == kTime);
  CHECK(parse_time("2024-01-15 11:30+01") == kTime);
  CHECK(parse_time("2024-01-15T10:30Z") == kTime);
  CHECK(parse_time("2024-01-15t10:30z") == kTime);
  CHECK(parse_time("2024-01-15T10:30:00,250Z") == kTime + 250'000);
}

TEST_CASE("why a time is none is told") {
  CHECK(why_no_time("2024-01-15T10:30:00") ==
        std::string("time: no zone, and time_zone is not set: "));
  CHECK(why_no_time("2024-01-15 10:30") ==
        std::string("time: no zone, and time_zone is not set: "));
  CHECK(why_no_time("2024-W03-1T10:30:00Z") == std::string("time: week dates are not read: "));
  CHECK(why_no_time("2024W031T1030Z") == std::string("time: week dates are not read: "));
  CHECK(why_no_time("2024-015T10:30:00Z") == std::string("time: ordinal dates are not read: "));
  CHECK(why_no_time("2024015T103000Z") == std::string("time: ordinal dates are not read: "));
  CHECK(why_no_time("yesterday") == std::string("time: not like 2024-01-15T10:30:00.123Z: "));
}
