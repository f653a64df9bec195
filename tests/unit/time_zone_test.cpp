#include <penstock/time_zone.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include "catch.hpp"

using penstock::TimeZone, penstock::TimeZoneRule;

namespace {

constexpr int64_t kMarch31 = 1'711'843'200;  // 2024, 0:00

}  // namespace

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
       {"", "C", "CET", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "<CET-1", "CET-1CEST,", "CET-1,M3.5.0,M10.5.0"}) {
    INFO(text);
    CHECK_FALSE(TimeZoneRule::parse(text));
  }
}

TEST_CASE("a rule without days has those of the United States") {
  const auto rule = TimeZoneRule::parse("EST5EDT");
  REQUIRE(rule);
  const TimeZone zone = TimeZone::of(*rule);
  constexpr int64_t kMarch10 = 1'710'054'000;  // 2024, 2:00 in New York
  CHECK(zone.east_at(kMarch10 - 1) == -18'000);
  CHECK(zone.east_at(kMarch10) == -14'400);
}

TEST_CASE("a rule holds for ever, and did so since ever") {
  const TimeZone zone = TimeZone::of(*TimeZoneRule::parse("CET-1CEST,M3.5.0,M10.5.0/3"));
  constexpr int64_t k400Years = 146'097 * 86'400LL;
  for (const int64_t moved : {int64_t{0}, k400Years, -k400Years, 20 * k400Years, -20 * k400Years}) {
    CHECK(zone.east_at(kMarch31 + 3599 + moved) == 3600);
    CHECK(zone.east_at(kMarch31 + 3600 + moved) == 7200);
    CHECK(zone.utc_of(kMarch31 + 86'400 + moved) == kMarch31 + 79'200 + moved);
  }
}

TEST_CASE("a summer that lasts all the year has no changes") {
  const TimeZone zone = TimeZone::of(*TimeZoneRule::parse("XXX3EDT4,0/0,J365/23"));
  CHECK(zone.east_at(kMarch31) == -14'400);
  CHECK(zone.east_at(0) == -14'400);
}

TEST_CASE("an abbreviation is what it last stood for") {
  std::string why;
  const auto moscow = TimeZone::load("Europe/Moscow", why);
  REQUIRE(moscow);
  CHECK(moscow->east_called("MSK", kMarch31) == 10'800);
  constexpr int64_t kIn2012 = 1'340'000'000;
  CHECK(moscow->east_called("MSK", kIn2012) == 14'400);
  CHECK_FALSE(moscow->east_called("CET", kMarch31));
}
