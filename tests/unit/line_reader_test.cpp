// The rules of line protocol, one by one, each by a message and the points it gives.
#include "line_reader.hpp"

#include <penstock/columns.hpp>

#include <fmt/format.h>
#include <string>
#include <vector>
#include "catch.hpp"
#include "decoded_points.hpp"

using namespace line_protocol_decoder;

namespace {

constexpr int64_t kReceived = 1'700'000'000'000'000;

using Points = std::vector<std::string>;

// The points as "topic time value 'text' metadata" without the topic's "t/", lines that are none as
// "~ payload: reason", or "! reason".
Points decode(LineReader& reader, std::string payload) {
  return decoded_points(
      reader, std::move(payload), kReceived, [](const DecodedPoints& points, int64_t i) {
        const auto& [time, topic, value, text, quality, metadata] = points;
        CHECK(topic[i].starts_with("t/"));
        CHECK(quality[i] == 192);
        CHECK(value.valid(i) != text.valid(i));
        return fmt::format(
            "{} {} {} {}", topic[i].substr(2), time[i] - kReceived,
            value.valid(i) ? fmt::format("{}", value[i]) : fmt::format("'{}'", text[i]),
            metadata[i]);
      });
}
Points decode(const std::string& payload, const LineOptions& options = {}) {
  LineReader reader(options);
  return decode(reader, payload);
}

// What a value is, or why it is none.
std::string value(const std::string& text) {
  const Points points = decode("m f=" + text);
  REQUIRE(points.size() == 1);
  const bool ok = points[0].starts_with("m/f 0 ");
  return ok ? points[0].substr(6, points[0].size() - 9) : points[0];
}

std::string no_value(const std::string& shown, const char* what = "is not a value") {
  return fmt::format("! not line protocol: \"{}\" {} (at byte 5)", shown, what);
}

}  // namespace

TEST_CASE("each field of a line is a point with the line's time and tags") {
  CHECK(
      decode("weather,location=us,season=summer temperature=82,humidity=71i 1700000001500000000") ==
      Points{R"(weather/temperature 1500000 82 {"location":"us","season":"summer"})",
             R"(weather/humidity 1500000 71 {"location":"us","season":"summer"})"});
  CHECK(decode("m f=1") == Points{"m/f 0 1 {}"});
}

TEST_CASE("field values of every kind") {
  CHECK(value("1") == "1");
  CHECK(value("1.5") == "1.5");
  CHECK(value("-1.234456e+78") == "-1.234456e+78");
  CHECK(value("1.E+2") == "100");
  CHECK(value(".5") == "0.5");
  CHECK(value("1e-999") == "0");
  CHECK(value("12i") == "12");
  CHECK(value("-12i") == "-12");
  CHECK(value("12u") == "12");
  for (const char* text : {"t", "T", "true", "True", "TRUE"}) CHECK(value(text) == "1");
  for (const char* text : {"f", "F", "false", "False", "FALSE"}) CHECK(value(text) == "0");
  CHECK(value("\"on\"") == "'on'");
  CHECK(value("\"\"") == "''");
  CHECK(value(R"("a \"b\" \\ \n, c=d")") == R"('a "b" \ \n, c=d')");
  CHECK(value("\"two\nlines\"") == "'two\nlines'");
  CHECK(value("\"ü\"") == "'ü'");
  for (const char* text : {"on", "tRUE", "NaN", "inf", "-inf", "0x10", "1.5i", "+1", "1e", "--1",
                           ".", "-", "i", "1.5.2", "'a'"}) {
    CHECK(value(text) == no_value(text));
  }
  CHECK(value("1e400") == no_value("1e400", "is out of range"));
}

TEST_CASE("an integer beyond 2^53 is the nearest number that a value can be, as in JSON") {
  CHECK(value("9223372036854775807i") == "9.223372036854776e+18");
  CHECK(value("-9223372036854775808i") == "-9.223372036854776e+18");
  CHECK(value("18446744073709551615u") == "1.8446744073709552e+19");
  CHECK(value("9007199254740993i") == "9007199254740992");
  CHECK(value("9223372036854775808i") ==
        no_value("9223372036854775808i", "does not fit a 64-bit integer"));
  CHECK(value("-1u") == no_value("-1u", "does not fit an unsigned 64-bit integer"));
  CHECK(value("18446744073709551616u") ==
        no_value("18446744073709551616u", "does not fit an unsigned 64-bit integer"));
}

TEST_CASE("a backslash takes the meaning from what it stands before, and else is itself") {
  CHECK(decode(R"(my\,me\ as\=ure,ta\,g\ k\=ey=va\,l\ u\=e fie\,l\ d\=k=1)") ==
        Points{R"(my,me as\=ure/fie,l d=k 0 1 {"ta,g k=ey":"va,l u=e"})"});
  CHECK(decode(R"(a\b,c\d=e\f g\h="i\j")") == Points{R"(a\b/g\h 0 'i\j' {"c\\d":"e\\f"})"});
  CHECK(decode("m,\"t\"=\"a\tb\" f=1") == Points{R"(m/f 0 1 {"\"t\"":"\"a\u0009b\""})"});
  CHECK(decode("m\"x,t=a\"b f=1") == Points{R"(m"x/f 0 1 {"t":"a\"b"})"});
}

TEST_CASE("lines end by LF or CRLF, empty ones and comments are none") {
  CHECK(
      decode(
          "# a \"comment\nm a=1\r\n\r\n  \n \t m b=2 \r\n#\nm c=\"x\" 1700000000000000000 \r\n") ==
      Points{"m/a 0 1 {}", "m/b 0 2 {}", "m/c 0 'x' {}"});
  CHECK(decode("\xEF\xBB\xBFm a=1") == Points{"m/a 0 1 {}"});
  CHECK(decode("m  a=1   1700000001000000000") == Points{"m/a 1000000 1 {}"});
  CHECK(decode("") == Points{"! it is empty"});
  CHECK(decode("# only\n\n") == Points{"! it holds no points"});
}

TEST_CASE("times count what time_unit says") {
  const auto at = [](const char* time, TimeUnit unit) {
    return decode(std::string("m a=1 ") + time, {.unit = unit});
  };
  const Points later = {"m/a 1000000 1 {}"};
  CHECK(at("1700000001", TimeUnit::kSeconds) == later);
  CHECK(at("1700000001000", TimeUnit::kMilliseconds) == later);
  CHECK(at("1700000001000000", TimeUnit::kMicroseconds) == later);
  CHECK(at("1700000001000000499", TimeUnit::kNanoseconds) == later);
  CHECK(at("1700000001000", TimeUnit::kAuto) == later);
  CHECK(at("-1", TimeUnit::kMicroseconds)[0] == fmt::format("m/a {} 1 {{}}", -1 - kReceived));
  CHECK(at("9223372036854775807", TimeUnit::kSeconds) ==
        Points{"! time: out of range: 9223372036854775807"});
}

TEST_CASE("what is no line is told with the byte") {
  const std::pair<const char*, const char*> cases[] = {
      {"m", "there are no fields (at byte 2)"},
      {"m ", "there are no fields (at byte 3)"},
      {",t=1 f=1", "there is no measurement (at byte 1)"},
      {"m, f=1", "a tag has no name (at byte 3)"},
      {"m,=a f=1", "a tag has no name (at byte 3)"},
      {"m,t f=1", "a tag has no value (at byte 4)"},
      {"m,t= f=1", "a tag has no value (at byte 5)"},
      {"m,t=a=b f=1", "a \"=\" of a tag's value has no backslash (at byte 6)"},
      {"m f", "a field has no value (at byte 4)"},
      {"m f=", "a field has no value (at byte 5)"},
      {"m f=,g=1", "a field has no value (at byte 5)"},
      {"m =1", "a field has no name (at byte 3)"},
      {"m f=1,", "a field has no name (at byte 7)"},
      {"m f=1, g=2", "a field has no name (at byte 7)"},
      {"m f=\"abc", "unterminated string (at byte 5)"},
      {"m f=\"abc\\\"", "unterminated string (at byte 5)"},
      {"m f=\"a\"b", "a comma or a space is missing (at byte 8)"},
      {"m f=1 now", "\"now\" is not a time (at byte 7)"},
      {"m f=1 1.5", "\"1.5\" is not a time (at byte 7)"},
      {"m f=1 9223372036854775808",
       "\"9223372036854775808\" does not fit a 64-bit timestamp (at byte 7)"},
      {"m f=1 1 2", "unexpected text after the time (at byte 9)"},
      {"m f=\"a\xFF\"", "not valid UTF-8 (at byte 7)"},
      {R"({"value":1})", "there are no fields (at byte 12)"},
  };
  for (const auto& [line, told] : cases) {
    INFO(line);
    CHECK(decode(line) == Points{std::string("! not line protocol: ") + told});
  }
}

TEST_CASE("lines are judged one by one, and the bad ones can be put through again by themselves") {
  CHECK(decode("m a=1\nm b=x\nm c=3") ==
        Points{"m/a 0 1 {}", "m/c 0 3 {}",
               "~ m b=x: line 2: not line protocol: \"x\" is not a value (at byte 11)"});
  // A line is taken whole or not at all; line breaks in a text count.
  CHECK(decode("# c\nm s=\"1\n2\"\r\nm a=1,b=x\r\nm d=4\nbad\n") ==
        Points{"m/s 0 '1\n2' {}", "m/d 0 4 {}",
               "~ m a=1,b=x\r\nbad: line 4: not line protocol: \"x\" is not a value (at byte 24), "
               "and 1 more"});
  CHECK(
      decode("m a=x\nm b=y") ==
      Points{"! no line can be read; line 1: not line protocol: \"x\" is not a value (at byte 5)"});
  CHECK(decode("m b=x\nm a=1", {.parts = false}) ==
        Points{"! not line protocol: \"x\" is not a value (at byte 5)"});
  CHECK(decode("m a=1 9223372036854775807\nm b=2", {.unit = TimeUnit::kSeconds}) ==
        Points{"m/b 0 2 {}",
               "~ m a=1 9223372036854775807: line 1: time: out of range: 9223372036854775807"});
  CHECK(decode("m a=1\nm b=\"\xC3\"\nm c=3").back() ==
        "~ m b=\"\xC3\": line 2: not line protocol: not valid UTF-8 (at byte 12)");
}

TEST_CASE("what a text that is not closed swallows is stored as nothing else") {
  CHECK(
      decode("m a=1\nm b=\"x\nm c=3\nm d=4") ==
      Points{
          "m/a 0 1 {}",
          "~ m b=\"x\nm c=3\nm d=4: line 2: not line protocol: unterminated string (at byte 11)"});
  // A bad line ends where its texts do.
  CHECK(decode("m a=x,b=\"1\nm c=3\"\nm d=4") ==
        Points{
            "m/d 0 4 {}",
            "~ m a=x,b=\"1\nm c=3\": line 1: not line protocol: \"x\" is not a value (at byte 5)"});
  CHECK(decode("m,t=\"a b\nm d=4") ==
        Points{"m/d 0 4 {}",
               "~ m,t=\"a b: line 1: not line protocol: a field has no value (at byte 9)"});
}

TEST_CASE("a line has 1000 tags at most") {
  LineReader reader({});
  std::string tags;
  for (int i = 0; i < 1000; ++i) tags += ",t=" + std::to_string(i);
  CHECK(decode(reader, "m" + tags + " f=1").size() == 1);
  CHECK(reader.over_limit().empty());
  CHECK(decode(reader, "m" + tags + ",t=x f=1") == Points{"! more tags of one line than 1000"});
  CHECK(reader.over_limit() == "more tags of one line than 1000");
}

TEST_CASE("what joins the topic is an option, and what does not join is metadata") {
  const std::string line = "cpu,host=a,region=eu idle=1,user=2";
  CHECK(decode(line, {.join = {"field"}}) ==
        Points{R"(idle 0 1 {"_measurement":"cpu","host":"a","region":"eu"})",
               R"(user 0 2 {"_measurement":"cpu","host":"a","region":"eu"})"});
  CHECK(decode(line, {.join = {"host", "measurement", "field"}}) ==
        Points{R"(a/cpu/idle 0 1 {"region":"eu"})", R"(a/cpu/user 0 2 {"region":"eu"})"});
  CHECK(decode(line, {.join = {"measurement", "field", "region", "room"}}) ==
        Points{R"(cpu/idle/eu 0 1 {"host":"a"})", R"(cpu/user/eu 0 2 {"host":"a"})"});
  CHECK(decode(R"(m,a\ b=c\,d f=1)", {.join = {"a b", "field"}}) ==
        Points{R"(c,d/f 0 1 {"_measurement":"m"})"});
}

TEST_CASE("a message of too many points is rejected whole, and counts as over the limit") {
  LineReader reader({.most_points = 3});
  reader.start_batch();
  CHECK(decode(reader, "m a=1,b=2\nm c=3").size() == 3);
  CHECK(reader.over_limit().empty());
  CHECK(decode(reader, "m a=1,b=2\nm c=3,d=4") == Points{"! more points than max_points = 3"});
  // Fields are counted as they are read: what is wrong behind the limit is not come to.
  CHECK(decode(reader, "m a=1,b=2,c=3,d=4,=") == Points{"! more points than max_points = 3"});
  CHECK(decode(reader, "m a=1\nm b=2,c=3,d=4,=") == Points{"! more points than max_points = 3"});
  CHECK(reader.over_limit() == "more points than max_points = 3");
  // Bad lines count, too.
  CHECK(decode(reader, "m a=1,b=2\nx\ny") == Points{"! more points than max_points = 3"});
  CHECK(decode(reader, "x") == Points{"! not line protocol: there are no fields (at byte 2)"});
  CHECK(reader.over_limit().empty());
}

TEST_CASE("a line of long tags can't ask for more memory than there is") {
  std::string line = "m,t=" + std::string(100'000, 'a') + " f=1";
  for (int i = 0; i < 5000; ++i) line += ",f=1";
  LineReader reader({});
  reader.start_batch();
  CHECK(decode(reader, line)[0].starts_with("! its points have more bytes than "));
  CHECK(!reader.over_limit().empty());
}

TEST_CASE("lines may be compressed, and bad ones leave as they came") {
  const LineOptions options{.compression = Compression::kAuto};
  Words words;
  Decompressor packer(Compression::kGzip, words);
  std::string_view text;
  packer.read("\x1F\x8B", text);  // which it compresses as, from here on
  const std::string whole = packer.compressed("m a=1\nm b=x\n");
  LineReader reader(options);
  const Points points = decode(reader, whole);
  CHECK(points[0] == "m/a 0 1 {}");
  const std::string letter = reader.bad_part().payload;
  CHECK(letter.starts_with("\x1F\x8B"));
  CHECK(decode(reader, letter) == Points{"! not line protocol: \"x\" is not a value (at byte 5)"});
  CHECK(decode(reader, "m a=1\nm b=x")[1].starts_with("~ m b=x: "));
}
