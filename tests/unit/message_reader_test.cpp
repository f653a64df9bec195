// The rules of the decoder, one by one, each by a message and the points it gives.
#include "message_reader.hpp"

#include <penstock/columns.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>
#include "catch.hpp"
#include "decoded_points.hpp"

using namespace json_decoder;

namespace {

constexpr int64_t kReceived = 1'700'000'000'000'000;

using Given = MessageOptions;

FieldNames names(const std::vector<std::string>& metadata = {}, bool ignore_case = false) {
  return FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"}, metadata,
                    ignore_case);
}

// The points as "time value value_str quality metadata", parts of a message that are none as
// "~ payload: reason", or "! reason". What the topic has besides "t" comes first.
std::vector<std::string> decode(std::string payload, const Given& given = {},
                                FieldNames field_names = names()) {
  MessageReader reader(std::move(field_names), given);
  return decoded_points(
      reader, std::move(payload), kReceived, [](const DecodedPoints& points, int64_t i) {
        const auto& [time, topic, value, text, quality, metadata] = points;
        CHECK(topic[i].starts_with("t"));
        const std::string_view name = topic[i].substr(1);
        return fmt::format("{}{}{} {} {} {} {}", name, name.empty() ? "" : " ", time[i] - kReceived,
                           value.valid(i) ? fmt::format("{}", value[i]) : "-",
                           text.valid(i) ? fmt::format("'{}'", text[i]) : "-", quality[i],
                           metadata[i]);
      });
}

using Points = std::vector<std::string>;

bool rejected(const std::string& payload, const std::string& part) {
  const Points points = decode(payload);
  INFO(payload << " gave " << points.front());
  return points.size() == 1 && points[0].starts_with("! ") &&
         points[0].find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the documented message") {
  CHECK(decode(R"({"value":75.5,"quality":192,"unit":"°C","timestamp":"2023-11-14T22:13:21.5Z",)"
               R"("device_id":"plc-001","tag_id":"temperature"})") ==
        Points{"1500000 75.5 - 192 "
               R"({"unit":"°C","device_id":"plc-001","tag_id":"temperature"})"});
}

TEST_CASE("a byte order mark before a message is passed over, anywhere else it is no JSON") {
  const std::string mark = "\xEF\xBB\xBF";
  CHECK(decode(mark + R"({"value":1})") == Points{"0 1 - 192 {}"});
  CHECK(decode(mark + mark + R"([{"value":1},{"value":2}])").size() == 2);
  CHECK(decode(mark + R"({"a":{"value":1}})", {.root = "/a"}) == Points{"0 1 - 192 {}"});
  CHECK(rejected(mark, "not JSON"));
  CHECK(rejected(" " + mark + R"({"value":1})", ""));
  CHECK(rejected("{" + mark + R"("value":1})", "not JSON"));
  CHECK(rejected(R"({"value":1})" + mark, "not JSON"));
}

TEST_CASE("the gateway's compact message, whose u becomes unit") {
  CHECK(
      decode(R"({"v":75.5,"q":"good","u":"°C","ts":1700000000123,"device_id":"plc-001",)"
             R"("tag_id":"temperature","source_ts":1705314600100})") ==
      Points{
          "123000 75.5 - 192 "
          R"({"unit":"°C","device_id":"plc-001","tag_id":"temperature","source_ts":1705314600100})"});
}

TEST_CASE("values of every kind") {
  CHECK(decode(R"({"value":-1e3})") == Points{"0 -1000 - 192 {}"});
  CHECK(decode(R"({"value":12345678901234567890})") == Points{"0 1.2345678901234567e+19 - 192 {}"});
  CHECK(decode(R"({"value":true})") == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"value":false})") == Points{"0 0 - 192 {}"});
  CHECK(decode(R"({"value":"on \"ä\n"})") == Points{"0 - 'on \"ä\n' 192 {}"});
  CHECK(decode(R"({"value":""})") == Points{"0 - '' 192 {}"});
  CHECK(decode(R"({"value":null})") == Points{"0 - - 192 {}"});
  CHECK(decode(R"({"value":{"a": [1, 2]}})") == Points{R"(0 - '{"a": [1, 2]}' 192 {})"});
  CHECK(decode(R"({"value":[1,{"b":2}], "x":1})") == Points{R"(0 - '[1,{"b":2}]' 192 {"x":1})"});
  CHECK(rejected(R"({"quality":192})", "there is no value"));
  CHECK(rejected("{}", "there is no value"));
}

TEST_CASE("qualities as numbers and names") {
  CHECK(decode(R"({"v":1,"q":0})") == Points{"0 1 - 0 {}"});
  CHECK(decode(R"({"v":1,"q":-32768})") == Points{"0 1 - -32768 {}"});
  CHECK(decode(R"({"v":1,"q":192.0})") == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"q":"Good"})") == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"q":"uncertain"})") == Points{"0 1 - 64 {}"});
  for (const char* name : {"bad", "not_connected", "config_error", "device_failure", "timeout"}) {
    CHECK(decode(fmt::format(R"({{"v":1,"q":"{}"}})", name)) == Points{"0 1 - 0 {}"});
  }
  CHECK(decode(R"({"v":1,"q":"so-so \"x\"","a":1})") ==
        Points{R"(0 1 - 64 {"a":1,"quality_text":"so-so \"x\""})"});
  CHECK(decode(R"({"v":1,"q":null})") == Points{"0 1 - 192 {}"});
  CHECK(rejected(R"({"v":1,"q":32768})", "quality: not a whole number"));
  CHECK(rejected(R"({"v":1,"q":1.5})", "quality: not a whole number"));
  CHECK(decode(R"([{"v":1,"q":true},{"v":1,"q":false}])") == Points{"0 1 - 192 {}", "0 1 - 0 {}"});
  CHECK(rejected(R"({"v":1,"q":[]})", "quality: neither"));
}

TEST_CASE("times as text and numbers, absent ones and unreadable ones") {
  CHECK(decode(R"({"v":1,"ts":"2023-11-14T23:13:20.000001+01:00"})") == Points{"1 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000001})") == Points{"1000000 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000000.25})") == Points{"250000 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":null})") == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000000000001})", {.fields = {.unit = TimeUnit::kMicroseconds}}) ==
        Points{"1 1 - 192 {}"});
  CHECK(rejected(R"({"v":1,"ts":"yesterday"})", "time: not like"));
  CHECK(rejected(R"({"v":1,"ts":""})", "time: not like"));
  CHECK(rejected(R"({"v":1,"ts":true})", "time: neither"));
  CHECK(rejected(R"({"v":1,"ts":1e300})", "time: out of range"));
}

TEST_CASE("everything else is metadata, with its type and nesting") {
  CHECK(decode(R"({"a":1.50,"v":1,"b":[1, {"c":null}],"d":{"e":"f"},"g":true , "h" : "\u00e4"})") ==
        Points{R"(0 1 - 192 {"a":1.50,"b":[1, {"c":null}],"d":{"e":"f"},"g":true,"h":"\u00e4"})"});
  CHECK(rejected(R"({"v":1,"a":01})", "not JSON"));
  CHECK(rejected(R"({"v":1,"a":[1,]})", "not JSON"));
  CHECK(rejected(R"({"v":1,"a":"\ud800"})", "not JSON"));
  CHECK(rejected(R"({"v":1,"a":nope})", "not JSON"));
}

TEST_CASE("of two names for one field the one listed first wins, the other is metadata") {
  CHECK(decode(R"({"v":2,"value":1})") == Points{R"(0 1 - 192 {"v":2})"});
  CHECK(decode(R"({"value":1,"v":2,"x":3})") == Points{R"(0 1 - 192 {"v":2,"x":3})"});
  CHECK(decode(R"({"v":1,"ts":"broken","timestamp":1700000001})") ==
        Points{R"(1000000 1 - 192 {"ts":"broken"})"});
  CHECK(decode(R"({"q":"bad","v":"x","value":null,"quality":192})") ==
        Points{R"(0 - - 192 {"q":"bad","v":"x"})"});
}

TEST_CASE("of one name given twice the last counts") {
  CHECK(decode(R"({"v":1,"v":2})") == Points{"0 2 - 192 {}"});
  CHECK(decode(R"({"v":"a","v":3})") == Points{"0 3 - 192 {}"});
  CHECK(decode(R"({"v":"long","v":"b"})") == Points{"0 - 'b' 192 {}"});
}

TEST_CASE("an array is one point an element") {
  CHECK(decode(R"([{"v":1},{"v":"two","x":2},{"v":null}])") ==
        Points{"0 1 - 192 {}", R"(0 - 'two' 192 {"x":2})", "0 - - 192 {}"});
  CHECK(decode(R"([{"v":2,"value":1},{"v":3}])") == Points{R"(0 1 - 192 {"v":2})", "0 3 - 192 {}"});
  CHECK(rejected("[]", "no points"));
  CHECK(rejected("[1]", "not an object"));
}

TEST_CASE("a message is taken whole or not at all") {
  CHECK(rejected(R"([{"v":1},{"v":2)", "not JSON"));
  CHECK(rejected(R"([{"v":1},{"q":1},{"v":2])", "not JSON"));
  CHECK(rejected(R"([{"v":1},{"q":1},{"v":2}] x)", "not JSON"));
  CHECK(rejected(R"([{"v":1},{"q":1,"x":{"y":tru}}])", "not JSON: \"tru\" is not a value"));
  CHECK(rejected(R"([{"q":1},{"q":2}])", "no element holds a value; element 0: there is no value"));
}

TEST_CASE("elements are judged one by one, and a bad one can be put through again by itself") {
  CHECK(decode(R"([{"value":1}, {"error":2014} ,{"value":3}])") ==
        Points{"0 1 - 192 {}", "0 3 - 192 {}",
               R"(~ [{"error":2014}]: element 1: there is no value)"});
  CHECK(decode(R"([{"value":1},{"value":2,"quality":99999}])") ==
        Points{"0 1 - 192 {}", R"(~ [{"value":2,"quality":99999}]: element 1: )"
                               "quality: not a whole number from -32768 to 32767: 99999"});
  const Given tags{.root = "/tags"};
  CHECK(
      decode(R"({"ts":1700000001,"tags":[{"value":1},{"error":2014}],"x":1})", tags) ==
      Points{"1000000 1 - 192 {}",
             R"(~ {"ts":1700000001,"tags":[{"error":2014}],"x":1}: element 1: there is no value)"});
  CHECK(decode(R"({"ts":1700000001,"tags":[{"error":2014}],"x":1})", tags)[0] ==
        "! no element holds a value; element 0: there is no value");
  CHECK(decode(R"([{"v":1},{"q":1}])", {.parts = false}) == Points{"! there is no value"});
}

TEST_CASE("a batch of small messages can't ask for more memory than there is") {
  MessageReader reader(FieldNames({"v"}, {}, {}, {}));
  PointBuilder points;
  std::string payload = "[";
  for (int i = 0; i < 1'000; ++i) payload += R"({"v":1},)";
  payload.back() = ']';
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  const std::string topic(50'000, 't');
  size_t stored = 0;
  for (int i = 0; i < 100; ++i) {
    stored += reader.read({payload.data(), size}, topic, kReceived, points).empty();
  }
  CHECK(stored == 1);
  CHECK(points.rows() == 1'000);
  // One with as many points as its bytes allow for is taken whatever came before.
  CHECK(reader.read({payload.data(), size}, "plant/line/machine/temperature", kReceived, points)
            .empty());
  reader.start_batch();
  CHECK(reader.read({payload.data(), size}, topic, kReceived, points).empty());
}

TEST_CASE("root names the points inside") {
  CHECK(decode(R"({"gw":"g1","points":[{"v":1},{"v":2}]})", {.root = "/points"}) ==
        Points{"0 1 - 192 {}", "0 2 - 192 {}"});
  CHECK(decode(R"({"a":{"b":{"v":5}}})", {.root = "/a/b"}) == Points{"0 5 - 192 {}"});
  CHECK(decode(R"({"a":1})", {.root = "/points"})[0].starts_with("! nothing at root"));
  CHECK(
      decode(R"({"points":1})", {.root = "/points"})[0].starts_with("! neither object nor array"));
  CHECK(decode(R"({"a~b/c":{"v":5}})", {.root = "/a~0b~1c"}) == Points{"0 5 - 192 {}"});
  CHECK(decode(R"({"a":[{"v":1},{"v":2}]})", {.root = "/a/1"}) == Points{"0 2 - 192 {}"});
}

TEST_CASE("what stands beside root must be JSON, too, or nothing is taken") {
  for (const char* payload :
       {R"({"values":[{"value":1}]}{"values":[{"value":2}]})",
        R"({"values":[{"value":1}],"x":tru})", R"({"x":[1,{"y":}],"values":[{"value":1}]})",
        R"({"values":[{"value":1}],"x":"\x"})", R"({"values":[{"value":1}]} x)",
        R"({"values":[{"value":1}])", R"({"values":[{"value":1}],})",
        R"({"values":[{"value":1}],"\x":1})", R"({"values":[{"value":1}]]})"}) {
    INFO(payload);
    CHECK(decode(payload, {.root = "/values"})[0].starts_with("! not JSON: "));
  }
  CHECK(decode(R"({"values":{"value":1},"values":{"value":2}})", {.root = "/values"}) ==
        Points{"! root: more than one member is named values"});
}

TEST_CASE("a time beside root is that of points without their own") {
  const Given values{.root = "/d/values"};
  CHECK(decode(R"({"ts":1700000001,"d":{"values":[{"v":1},{"v":2,"ts":1700000002}]}})", values) ==
        Points{"1000000 1 - 192 {}", "2000000 2 - 192 {}"});
  // The innermost counts, wherever it stands; of two names the one listed first.
  CHECK(decode(R"({"d":{"values":{"v":1},"ts":1700000003},"ts":1700000001})", values) ==
        Points{"3000000 1 - 192 {}"});
  CHECK(decode(R"({"timestamp":1700000004,"d":{"values":{"v":1}},"ts":1700000001})", values) ==
        Points{"4000000 1 - 192 {}"});
  CHECK(decode(R"({"ts":null,"d":{"values":{"v":1}}})", values) == Points{"0 1 - 192 {}"});
  // One that can't be read matters only to points that need it.
  CHECK(decode(R"({"ts":"?","d":{"values":[{"v":1,"ts":1700000001},{"v":2}]}})", values) ==
        Points{"1000000 1 - 192 {}",
               R"(~ {"ts":"?","d":{"values":[{"v":2}]}}: element 1: time: not like )"
               "2024-01-15T10:30:00.123Z: ?"});
}

TEST_CASE("members beside root are metadata when they are to be kept") {
  const Given kept{.root = "/d/values", .keep_outer = true};
  CHECK(
      decode(
          R"({"gw":"g1","u":"C","d":{"x":[1,2],"values":[{"v":1,"y":2},{"v":2}]},"ts":1700000001})",
          kept) == Points{R"(1000000 1 - 192 {"gw":"g1","unit":"C","x":[1,2],"y":2})",
                          R"(1000000 2 - 192 {"gw":"g1","unit":"C","x":[1,2]})"});
}

TEST_CASE("a text that is read twice fits as often as it comes") {
  const std::string text(100'000, 'x');
  CHECK(decode(R"({"value":"\n)" + text + R"(","v":"\n)" + text + R"("})").size() == 1);
}

TEST_CASE("points come of what is JSON, and what is not is told to be none") {
  const std::string pieces[] = {
      "{",           "}",           "[",          "]",           ",",       ":",
      R"("v":1)",    R"("q":true)", R"({"v":1})", R"({"v":2},)", R"("x":)", R"("x":{"y":[1]})",
      "1",           "tru",         "\"",         " ",           R"("\n")", R"("a":{"v":3})",
      R"("ts":"?")", "null",        "\xff"};
  std::mt19937 random(11);
  int stored = 0;
  for (const Given& given : {Given{}, Given{.root = "/a"}}) {
    for (int i = 0; i < 60'000; ++i) {
      std::string text = random() % 4 ? "{" : "[";
      const char last = text[0] == '{' ? '}' : ']';
      for (auto count = random() % 6; count > 0; --count) {
        if (text.size() > 1 && random() % 2) text += ',';
        text += pieces[random() % std::size(pieces)];
      }
      text += last;
      INFO(text);
      const Points points = decode(text, given);
      REQUIRE_FALSE(points.empty());
      REQUIRE(points[0].starts_with("! not JSON: ") == !nlohmann::json::accept(text));
      stored += !points[0].starts_with("!");
    }
  }
  CHECK(stored > 1000);
}

TEST_CASE("what is not JSON is rejected") {
  for (const char* payload :
       {"", " ", "{", "}", "{\"v\":1", "{\"v\"}", "{\"v\":}", "{\"v\":1}}", "{\"v\":1} x",
        "[{\"v\":1}", "[{\"v\":1}]]", "{v:1}", "\xff\xfe", "{\"v\":\"\xff\"}", "{\"v\":\"a\nb\"}",
        "{\"v\":1,}", "{\"v\":1 \"q\":2}",
        // Which On-Demand takes for a key.
        R"({"v":"a":{"b":1},"q":2})", R"({"v":1,"x":"a":{"b":1},"q":2})",
        R"({"v":1,"ts":"2024-01-15T10:30:00Z":{"b":1}})", R"({"v":1,"q":"good":{"b":1}})",
        R"({"v":1,"x":null:{"b":1}})", R"({"v":1,"x":1:{"b":1}})", "{\"v\":tru}", "{\"v\":nul}",
        "{\"v\":1.}", "{\"v\":\"\\x\"}"}) {
    INFO(payload);
    CHECK(decode(payload).front().starts_with("! "));
  }
  CHECK(rejected("75.5", "neither an object nor an array"));
  CHECK(rejected("\"x\"", "neither an object nor an array"));
}

TEST_CASE("long keys and values cross every boundary of the fast paths") {
  for (size_t length = 1; length < 70; ++length) {
    const std::string key(length, 'k'), value(length * 3, 'x');
    CHECK(decode(fmt::format(R"({{"{}":"{}","v":1}})", key, value)) ==
          Points{fmt::format(R"(0 1 - 192 {{"{}":"{}"}})", key, value)});
    CHECK(decode(fmt::format(R"({{"{}\n":"{}\t","v":1}})", key, value)) ==
          Points{fmt::format(R"(0 1 - 192 {{"{}\n":"{}\t"}})", key, value)});
  }
}

TEST_CASE("a message beyond max_points or max_depth is rejected whole, and counts as that") {
  MessageReader reader(FieldNames({"value"}, {}, {}, {}), {.limits = {2, 3}});
  PointBuilder points;
  const auto read = [&](std::string payload) {
    const size_t size = payload.size();
    payload.append(PENSTOCK_PADDING, '\0');
    return reader.read({payload.data(), size}, "t", kReceived, points);
  };
  CHECK(read(R"([{"value":1},{"value":2},{"value":3}])").empty());
  CHECK(points.rows() == 3);
  CHECK(reader.over_limit().empty());
  CHECK(read(R"([{"value":1},{"value":2},{"value":3},{"value":4}])") ==
        "more points than max_points = 3");
  CHECK_FALSE(reader.over_limit().empty());
  CHECK(points.rows() == 3);
  CHECK(read(R"({"value":1,"x":[[1]]})").empty());
  CHECK(reader.over_limit().empty());
  CHECK(read(R"({"value":1,"x":[[[1]]]})") == "nested deeper than max_depth = 2");
  CHECK(read(R"({"value":[[[1]]]})") == "nested deeper than max_depth = 2");
  CHECK_FALSE(reader.over_limit().empty());
}

TEST_CASE("a long topic and many points do not make a column outgrow its offsets") {
  MessageReader reader(FieldNames({"v"}, {}, {}, {}), {.limits = {64, 1'000'000}});
  std::string payload = "[";
  for (int i = 0; i < 10'000; ++i) payload += R"({"v":1},)";
  payload.back() = ']';
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  PointBuilder points;
  const std::string topic(65'535, 't');
  CHECK(reader.read({payload.data(), size}, topic, kReceived, points) ==
        "its points have more bytes than " +
            std::to_string(32 * (size + topic.size()) + (64 << 20)));
  CHECK(points.rows() == 0);
}

TEST_CASE("a point per member is named by the way to it, with time and quality of its object") {
  const Given members{.point_per_member = true};
  CHECK(decode(R"({"temp":21,"hum":40})", members) ==
        Points{"/temp 0 21 - 192 {}", "/hum 0 40 - 192 {}"});
  CHECK(decode(R"({"AM2301":{"Temperature":21.3,"Humidity":40.1},"TempUnit":"C","ts":1700000001})",
               members, names({"TempUnit"})) ==
        Points{R"(/AM2301/Temperature 1000000 21.3 - 192 {"TempUnit":"C"})",
               R"(/AM2301/Humidity 1000000 40.1 - 192 {"TempUnit":"C"})"});
  CHECK(decode(R"({"s":"on","b":true,"n":null,"u":"C","q":"odd"})", members) ==
        Points{R"(/s 0 - 'on' 64 {"unit":"C","quality_text":"odd"})",
               R"(/b 0 1 - 64 {"unit":"C","quality_text":"odd"})",
               R"(/n 0 - - 64 {"unit":"C","quality_text":"odd"})"});
  // An object that has a value is a point.
  CHECK(decode(R"({"a":{"value":1,"x":2},"b":{"v":3,"ts":1700000001},"q":false})", members) ==
        Points{R"(/a 0 1 - 0 {"x":2})", "/b 1000000 3 - 0 {}"});
  CHECK(decode(R"({"value":1,"x":2})", members) == Points{R"(0 1 - 192 {"x":2})"});
  CHECK(decode(R"({"a\u00e4\n":1,"":2})", members) ==
        Points{"/aä\n 0 1 - 192 {}", "/ 0 2 - 192 {}"});
  CHECK(decode(R"({"a":[1,[2,3],{"b":4}]})", members) ==
        Points{"/a/0 0 1 - 192 {}", "/a/1/0 0 2 - 192 {}", "/a/1/1 0 3 - 192 {}",
               "/a/2/b 0 4 - 192 {}"});
  CHECK(decode("{}", members) == Points{"! no member is a point"});
  CHECK(decode(R"({"ts":1700000001})", members) == Points{"! no member is a point"});
}

TEST_CASE("an array of numbers is a numbered point an element, objects are read by themselves") {
  const Given members{.point_per_member = true};
  CHECK(decode("[21.5,40.25]", members) == Points{"/0 0 21.5 - 192 {}", "/1 0 40.25 - 192 {}"});
  CHECK(decode(R"([{"a":1},{"a":2,"ts":1700000001},{}])", members) ==
        Points{"/a 0 1 - 192 {}", "/a 1000000 2 - 192 {}",
               "~ [{}]: element 2: no member is a point"});
  // A letter of its own would lose its place in the array.
  CHECK(decode("[{},1]", members)[0].starts_with("! beside elements that are named"));
  CHECK(decode("[1,{}]", members) == Points{"! no member is a point"});
  CHECK(decode("[1,1e999]", members) == Points{"! value: not a number that fits: 1e999"});
}

TEST_CASE("of members, too, all must be JSON, and times that can't be read matter where needed") {
  const Given members{.point_per_member = true};
  for (const char* payload :
       {R"({"ts":"\x","a":{"v":1,"ts":1}})", R"({"ts":{"x":tru},"a":{"v":1,"ts":1}})",
        R"({"a":1,"b":[1,{"c":tru}]})", R"({"u":"\x","a":1})", R"({"\x":1})", R"({"a":1}{"b":2})",
        R"({"ts":1,"ts":tru,"a":{"v":1,"ts":1}})", R"({"u":[tru],"a":1})"}) {
    INFO(payload);
    CHECK(decode(payload, members)[0].starts_with("! not JSON: "));
  }
  CHECK(decode(R"({"ts":"?","a":{"v":1,"ts":1700000001}})", members) ==
        Points{"/a 1000000 1 - 192 {}"});
  CHECK(decode(R"({"ts":"?","a":{"v":1}})", members)[0].starts_with("! time: not like"));
}

TEST_CASE("points of members obey every limit") {
  const Given members{.point_per_member = true, .limits = {4, 3}};
  CHECK(decode(R"({"a":1,"b":2,"c":3,"d":4})", members) ==
        Points{"! more points than max_points = 3"});
  CHECK(decode("[1,2,3,4]", members) == Points{"! more points than max_points = 3"});
  CHECK(decode(R"({"a":{"b":{"c":{"d":{"e":1}}}}})", members) ==
        Points{"! nested deeper than max_depth = 4"});
  CHECK(decode("[[[[[[[1]]]]]]]", members) == Points{"! nested deeper than max_depth = 4"});
  const std::string many = [] {
    std::string text = R"("a":[1)";
    for (int i = 0; i < 50'000; ++i) text += ",1";
    return text + "]";
  }();
  const std::string text(100'000, 'x');
  for (const std::string& payload :
       {R"({"u":")" + text + R"(",)" + many + "}", R"({")" + text + R"(":{)" + many + "}}"}) {
    CHECK(decode(payload, {.point_per_member = true})[0].starts_with(
        "! its points have more bytes than"));
  }
}

TEST_CASE("a value alone is a point when it may be") {
  const Given bare{.bare_values = true};
  CHECK(decode("23.5", bare) == Points{"0 23.5 - 192 {}"});
  CHECK(decode(" -1e3\n", bare) == Points{"0 -1000 - 192 {}"});
  CHECK(decode("true", bare) == Points{"0 1 - 192 {}"});
  CHECK(decode("null", bare) == Points{"0 - - 192 {}"});
  CHECK(decode("ON", bare) == Points{"0 - 'ON' 192 {}"});
  CHECK(decode("not on\r\n", bare) == Points{"0 - 'not on' 192 {}"});
  CHECK(decode(R"("o\n")", bare) == Points{"0 - 'o\n' 192 {}"});
  CHECK(decode("23,5", bare) == Points{"0 - '23,5' 192 {}"});
  CHECK(decode("NaN", bare) == Points{"0 - 'NaN' 192 {}"});
  CHECK(decode(R"({"v":1})", bare) == Points{"0 1 - 192 {}"});
  CHECK(decode("1e999", bare) == Points{"! value: not a number that fits: 1e999"});
  CHECK(decode("", bare) == Points{"! it is empty"});
  CHECK(decode(" \n", bare) == Points{"! it is empty"});
  CHECK(decode("o\xff", bare) == Points{"! not JSON: not valid UTF-8 (at byte 2)"});
  CHECK(decode("o\x01", bare) == Points{"! not JSON: it has a control character (at byte 2)"});
  CHECK(decode(R"({"v":1)", bare)[0].starts_with("! not JSON"));
  CHECK(decode("ON")[0] == R"(! not JSON: "ON" is not a value (at byte 1))");
}

TEST_CASE("a number in quotes is a number when it may be") {
  const Given quoted{.fields = {.quoted_numbers = true}};
  CHECK(decode(R"({"v":"23.5"})", quoted) == Points{"0 23.5 - 192 {}"});
  CHECK(decode(R"({"v":" -1e3 "})", quoted) == Points{"0 -1000 - 192 {}"});
  CHECK(decode(R"({"v":"1e-999"})", quoted) == Points{"0 0 - 192 {}"});
  CHECK(decode(R"({"v":"1e999"})", quoted) == Points{"! value: not a number that fits: 1e999"});
  for (const char* text : {"23,5", "0x1F", "1.", "01", "+1", "", " ", "-", "NaN", "1 2", "on"}) {
    CHECK(decode(fmt::format(R"({{"v":"{}"}})", text), quoted) ==
          Points{fmt::format("0 - '{}' 192 {{}}", text)});
  }
  CHECK(decode(R"({"v":1,"q":"0","ts":"1700000001.5"})", quoted) == Points{"1500000 1 - 0 {}"});
  CHECK(decode(R"({"v":1,"ts":"1700000000000001"})", quoted) == Points{"1 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"q":"99999"})", quoted)[0].starts_with("! quality: not a whole number"));
  CHECK(decode(R"({"v":"23.5"})") == Points{"0 - '23.5' 192 {}"});
}

TEST_CASE("many documents in a message are judged one by one when they may be there") {
  const Given many{.many_documents = true};
  const Points both{"0 1 - 192 {}", "0 2 - 192 {}"};
  CHECK(decode("{\"v\":1}\n{\"v\":2}", many) == both);
  CHECK(decode("{\"v\":1}\r\n{\"v\":2}\n\n", many) == both);
  CHECK(decode(R"({"v":1}{"v":2})", many) == both);
  CHECK(decode(R"([{"v":1}] {"v":2})", many) == both);
  CHECK(decode(R"({"v":1})", many) == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1} {"x":1} [{"v":2},{"q":0}])", many) ==
        Points{"0 1 - 192 {}", "0 2 - 192 {}",
               "~ {\"x\":1}\n[{\"q\":0}]: document 1: there is no value, and 1 more"});
  CHECK(decode(R"({"v":1} {"v":tru})", many) ==
        Points{R"(! not JSON: "tru" is not a value (at byte 14))"});
  CHECK(decode(R"({"v":1} x)", many)[0].starts_with("! not JSON"));
  CHECK(decode(R"({"x":1})", many) == Points{"! there is no value"});
  CHECK(decode(R"({"x":1}{})", many) ==
        Points{"! no document holds a value; document 0: there is no value"});
  CHECK(decode("", many)[0].starts_with("! "));
  CHECK(decode(R"({"v":1}{"v":2}{"v":3})", {.many_documents = true, .limits = {64, 2}}) ==
        Points{"! more points than max_points = 2"});
  CHECK(decode("1 2", {.bare_values = true, .many_documents = true}) == both);
}

TEST_CASE("names match in any case when they may") {
  CHECK(decode(R"({"Value":5,"TimeStamp":1700000001,"Q":0,"U":"C"})", {}, names({}, true)) ==
        Points{R"(1000000 5 - 0 {"unit":"C"})"});
  CHECK(decode(R"({"Value":5})")[0] == "! there is no value");
}

TEST_CASE("times without a zone are those of time_zone") {
  std::string why;
  const Given berlin{.fields = {.time_zone = TimeZone::load("Europe/Berlin", why)}};
  CHECK(decode(R"({"v":1,"ts":"2023-11-14T23:13:20"})", berlin) == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":"2023-11-14 23:13:20.5"})", berlin) == Points{"500000 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":"2023-11-14T22:13:20Z"})", berlin) == Points{"0 1 - 192 {}"});
}

TEST_CASE("a document's outer time is that of no other document") {
  const Given values{.root = "/values", .many_documents = true};
  CHECK(decode("{\"ts\":1700000001,\"values\":{\"v\":1}}\n{\"values\":{\"v\":2}}", values) ==
        Points{"1000000 1 - 192 {}", "0 2 - 192 {}"});
  CHECK(decode("{\"ts\":1700000001,\"values\":{\"x\":1}}\n{\"values\":{\"v\":2}}", values)[0] ==
        "0 2 - 192 {}");
  CHECK(decode("{\"ts\":\"?\",\"values\":{\"v\":1}}\n{\"values\":{\"v\":2}}", values)[0] ==
        "0 2 - 192 {}");
}

TEST_CASE("a document that leaves whole leaves once") {
  const Given members{.point_per_member = true, .many_documents = true};
  const Points points = decode("[{\"q\":99999,\"a\":1},5]\n{\"b\":2}", members);
  CHECK(points.size() == 2);
  CHECK(points[0] == "/b 0 2 - 192 {}");
  CHECK(points[1].starts_with(R"(~ [{"q":99999,"a":1},5]: document 0: )"));
}

TEST_CASE("objects that say nothing of their own cost nothing, and what others copy is bounded") {
  const std::string outer = R"({"u":")" + std::string(100'000, 'x') + R"(","a":[)";
  const auto message = [&](const std::string& object) {
    std::string text = outer + object;
    for (int i = 0; i < 33'000; ++i) text += "," + object;
    return text + R"(],"b":1})";
  };
  const Given members{.point_per_member = true};
  CHECK(decode(message("{}"), members).size() == 1);
  CHECK(decode(message(R"({"q":1})"), members)[0].starts_with("! its points have more bytes than"));
  CHECK(decode(message("{}"), {.root = "/a", .keep_outer = true})[0].starts_with(
      "! its points have more bytes than"));
}

TEST_CASE("a name written with escapes is that name") {
  const auto german = [] { return FieldNames({"wert"}, {"qualität"}, {"zeit"}, {"einheit:unit"}); };
  const std::string message =
      R"({"w\u0065rt":1,"qualit\u00e4t":0,"z\u0065it":1700000001,"einh\u0065it":"C"})";
  CHECK(decode(message, {}, german()) == Points{R"(1000000 1 - 0 {"unit":"C"})"});
  CHECK(decode(R"({"a":2,"qualit\u00e4t":0,"z\u0065it":1700000001,"einh\u0065it":"C"})",
               {.point_per_member = true}, german()) == Points{R"(/a 1000000 2 - 0 {"unit":"C"})"});
  CHECK(decode(R"({"z\u0065it":1700000001,"Ger\u00e4te":{"wert":1},"\u0061":2})",
               {.root = "/Geräte", .keep_outer = true},
               german()) == Points{R"(1000000 1 - 192 {"\u0061":2})"});
  CHECK(decode(R"({"v\u0061lue\n":1,"v":2})") == Points{R"(0 2 - 192 {"v\u0061lue\n":1})"});
}

TEST_CASE("of two spellings of one name the exact one wins, and the other is kept") {
  const auto any_case = [] { return FieldNames({"value", "v"}, {}, {"t"}, {}, {}, true); };
  for (const char* message :
       {R"({"t":1700000001,"T":21.5,"v":40})", R"({"T":21.5,"t":1700000001,"v":40})"}) {
    CHECK(decode(message, {}, any_case()) == Points{R"(1000000 40 - 192 {"T":21.5})"});
  }
  CHECK(decode(R"({"t":1700000001,"T":21.5,"hum":40})", {.point_per_member = true}, any_case()) ==
        Points{"/T 1000000 21.5 - 192 {}", "/hum 1000000 40 - 192 {}"});
  // The list's order comes first; of two spellings that are both inexact, one is kept, too.
  CHECK(decode(R"({"v":1,"VALUE":2})", {}, any_case()) == Points{R"(0 2 - 192 {"v":1})"});
  CHECK(decode(R"({"VALUE":1,"Value":2})", {}, any_case()) == Points{R"(0 2 - 192 {"VALUE":1})"});
  // A name that differs from another field's in nothing but case is itself.
  CHECK(decode(R"({"T":21.5,"t":1700000001})", {}, FieldNames({"T"}, {}, {"t"}, {}, {}, true)) ==
        Points{"1000000 21.5 - 192 {}"});
}

TEST_CASE("a time may be written with escapes") {
  CHECK(decode(R"({"v":1,"ts":"2023-11-14T23:13:21\u002B01:00"})") == Points{"1000000 1 - 192 {}"});
  CHECK(decode(R"({"a":1,"ts":"2023-11-14T23:13:21\u002B01:00"})", {.point_per_member = true}) ==
        Points{"/a 1000000 1 - 192 {}"});
  CHECK(rejected(R"({"v":1,"ts":"2023-11-14\u"})", "not JSON"));
}

TEST_CASE("the elements of a message that are bad leave as one letter, no larger than it") {
  CHECK(decode(R"([{"v":1},5,{"q":1} ,6])") ==
        Points{"0 1 - 192 {}", R"(~ [5,{"q":1},6]: element 1: not an object, and 2 more)"});
  CHECK(decode("{\"v\":1}\n[{\"v\":2},5,6] {\"x\":1}", {.many_documents = true}) ==
        Points{"0 1 - 192 {}", "0 2 - 192 {}",
               "~ [5,6]\n{\"x\":1}: document 1, element 1: not an object, and 2 more"});
  std::string many = R"([{"v":1})";
  for (int i = 0; i < 99'999; ++i) many += ",5";
  const Points points = decode(many + "]");
  CHECK(points.size() == 2);
  CHECK(points[1].ends_with("5]: element 1: not an object, and 99,998 more"));
  CHECK(decode(many + ",5]") == Points{"! more points than max_points = 100000"});
}

TEST_CASE("what is told of a limit is the part that was over it") {
  MessageReader reader(FieldNames({"v"}, {}, {}, {}), {.many_documents = true, .limits = {2, 10}});
  PointBuilder points;
  const auto over = [&](std::string payload) {
    const size_t size = payload.size();
    payload.append(PENSTOCK_PADDING, '\0');
    reader.read({payload.data(), size}, "t", kReceived, points);
    return reader.over_limit();
  };
  CHECK(over(R"({"v":1}{"x":5}{"v":[[[1]]]})") == "document 2: nested deeper than max_depth = 2");
  CHECK(over(R"({"x":5}{"v":[[[1]]]})") == "document 1: nested deeper than max_depth = 2");
  CHECK(over(R"([{"v":1},{"v":[[[1]]]}])") == "nested deeper than max_depth = 2");
  CHECK(over("[5]").empty());
}

TEST_CASE("a quality that is null is as if absent") {
  const Given members{.point_per_member = true};
  CHECK(decode(R"({"q":"odd","a":{"q":null,"b":1},"c":{"q":null,"v":2}})", members) ==
        Points{R"(/a/b 0 1 - 64 {"quality_text":"odd"})", R"(/c 0 2 - 64 {"quality_text":"odd"})"});
}

TEST_CASE("a quality that another name of it overrides may be bad") {
  const Given members{.point_per_member = true};
  for (const char* message :
       {R"({"q":99999,"quality":0,"a":1})", R"({"quality":0,"q":99999,"a":1})"}) {
    const Points points = decode(message, members);
    CHECK(points.size() == 2);
    CHECK(std::count(points.begin(), points.end(), "/a 0 1 - 0 {}") == 1);
    CHECK(std::count(points.begin(), points.end(), "/q 0 99999 - 0 {}") == 1);
  }
  CHECK(decode(R"({"q":99999,"a":1})", members)[0].starts_with("! quality: not a whole number"));
  CHECK(decode(R"({"q":[tru],"q":1,"a":1})", members)[0].starts_with("! not JSON"));
}

TEST_CASE("a time that is nested too deep is told as that") {
  CHECK(decode(R"({"ts":[[[1]]],"a":1})", {.point_per_member = true, .limits = {2, 10}}) ==
        Points{"! nested deeper than max_depth = 2"});
}

TEST_CASE("a time beside root that another name of it overrides is kept with the others") {
  const Given kept{.root = "/a", .keep_outer = true};
  CHECK(decode(R"({"ts":5,"timestamp":1700000001,"a":{"v":1}})", kept) ==
        Points{R"(1000000 1 - 192 {"ts":5})"});
  CHECK(decode(R"({"timestamp":1700000001,"ts":5,"a":{"v":1}})", kept) ==
        Points{R"(1000000 1 - 192 {"ts":5})"});
}
