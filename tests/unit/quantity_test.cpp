#include "config/quantity.hpp"

#include "catch.hpp"

using namespace penstock::engine;

TEST_CASE("durations have units and may be sums") {
  CHECK(parse_duration("100ms") == 100'000'000);
  CHECK(parse_duration("1.5s") == 1'500'000'000);
  CHECK(parse_duration("1h30m") == 5'400'000'000'000);
  CHECK(parse_duration("10 µs") == 10'000);
  CHECK(parse_duration("0") == 0);
}

TEST_CASE("durations without a unit, negative or unreadable ones are refused") {
  for (const char* text : {"100", "", "ms", "-1s", "1x", "1s!", "1e999s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("sizes are bytes, with decimal and binary units") {
  CHECK(parse_size("512") == 512);
  CHECK(parse_size("10 MB") == 10'000'000);
  CHECK(parse_size("1GiB") == 1'073'741'824);
  CHECK_FALSE(parse_size("1 Gb"));
  CHECK_FALSE(parse_size("-1"));
}

TEST_CASE("whole numbers may have underscores and nothing else") {
  CHECK(parse_integer("5_000") == 5000);
  CHECK(parse_integer("-1") == -1);
  CHECK_FALSE(parse_integer("5000x"));
  CHECK_FALSE(parse_integer("99999999999999999999"));
}

TEST_CASE("true and false have the words that variables hold") {
  for (const char* text : {"true", "True", "1", "yes", "ON"}) CHECK(parse_boolean(text) == true);
  for (const char* text : {"false", "FALSE", "0", "no", "Off"}) CHECK(parse_boolean(text) == false);
  for (const char* text : {"", "y", "2", "maybe"}) CHECK_FALSE(parse_boolean(text));
}

TEST_CASE("what is shown is what one would write") {
  CHECK(format_duration(100'000'000) == "100ms");
  CHECK(format_duration(3'600'000'000'000) == "1h");
  CHECK(format_size(16 << 20) == "16MiB");
  CHECK(format_uptime(2 * 3600 + 15 * 60 + 30) == "2h15m30s");
  CHECK(format_uptime(59) == "59s");
}
