#include "time_zone.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include "catch.hpp"

using namespace json_decoder;

namespace {

TimeZone zone(const std::string& name) {
  std::string why;
  const std::optional<TimeZone> loaded = TimeZone::load(name, why);
  INFO(why);
  REQUIRE(loaded);
  return *loaded;
}

constexpr int64_t kHour = 3600, kDay = 24 * kHour;
constexpr int64_t kMarch31 = 1'711'843'200, kOctober27 = 1'729'987'200;  // 2024, 0:00

}  // namespace

TEST_CASE("a local time has the offset of its season") {
  const TimeZone berlin = zone("Europe/Berlin");
  CHECK(berlin.utc_of(kMarch31) == kMarch31 - kHour);
  CHECK(berlin.utc_of(kMarch31 + kDay) == kMarch31 + kDay - 2 * kHour);
  CHECK(berlin.utc_of(kOctober27) == kOctober27 - 2 * kHour);
  CHECK(berlin.utc_of(kOctober27 + kDay) == kOctober27 + kDay - kHour);
  CHECK(TimeZone::utc().utc_of(kMarch31) == kMarch31);
}

TEST_CASE("a time that the clocks leave out or show twice is that of the offset further west") {
  const TimeZone berlin = zone("Europe/Berlin");
  CHECK(berlin.utc_of(kMarch31 + 2 * kHour + 1800) == kMarch31 + kHour + 1800);
  CHECK(berlin.utc_of(kOctober27 + 2 * kHour + 1800) == kOctober27 + kHour + 1800);
}

TEST_CASE("rules go on for ever") {
  const TimeZone berlin = zone("Europe/Berlin");
  constexpr int64_t kJuly9000 = 221'862'240'000, kJanuary9000 = 221'846'601'600;
  CHECK(berlin.utc_of(kJuly9000) == kJuly9000 - 2 * kHour);
  CHECK(berlin.utc_of(kJanuary9000) == kJanuary9000 - kHour);
}

TEST_CASE("names that lead elsewhere, and zones that are not there, are refused") {
  for (const char* name : {"", "Europe/Berln", "/etc/passwd", "../../../etc/passwd", "Europe",
                           "Europe/Berlin\n", "zone.tab"}) {
    std::string why;
    CHECK_FALSE(TimeZone::load(name, why));
    CHECK_FALSE(why.empty());
  }
}

TEST_CASE("no damage to a file does harm") {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  REQUIRE(TimeZone::parse(bytes));
  for (size_t size = 0; size < bytes.size(); size += 7) {
    if (const auto cut = TimeZone::parse(std::string(bytes, 0, size))) cut->utc_of(kMarch31);
  }
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      if (const auto loaded = TimeZone::parse(damaged)) loaded->utc_of(kMarch31);
    }
  }
}

TEST_CASE("every form of a rule is read") {
  CHECK(TimeZoneRule::parse("CET-1CEST,M3.5.0,M10.5.0/3"));
  CHECK(TimeZoneRule::parse("<+0330>-3:30")->standard_east == 12'600);
  CHECK(TimeZoneRule::parse("IST-1GMT0,M10.5.0,M3.5.0/1")->summer_east == 0);
  CHECK(TimeZoneRule::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0")->summer_begins.seconds == -3600);
  CHECK(TimeZoneRule::parse("EST5EDT,J60/0,300")->summer_begins.day == 60);
  for (const char* text :
       {"", "C", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "<CET-1", "CET-1 "}) {
    INFO(text);
    CHECK_FALSE(TimeZoneRule::parse(text));
  }
}
