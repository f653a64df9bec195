// The rules of the decoder, one by one, each by a message and the points it gives.
#include "message_reader.hpp"

#include <penstock/columns.hpp>

#include <fmt/format.h>
#include <string>
#include <vector>
#include "catch.hpp"

using namespace json_decoder;

namespace {

constexpr int64_t kReceived = 1'700'000'000'000'000;

struct Given {
  std::string root;
  TimeUnit unit = TimeUnit::kAuto;
};

// The points as "time value value_str quality metadata", or "! reason".
std::vector<std::string> decode(std::string payload, const Given& given = {}) {
  MessageReader reader(
      FieldNames({"value", "v"}, {"quality", "q"}, {"timestamp", "ts"}, {"u:unit"}), given.root,
      given.unit);
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  PointBuilder points;
  const std::string reason = reader.read({payload.data(), size}, "t", kReceived, points);
  if (!reason.empty()) {
    CHECK(points.rows() == 0);
    return {"! " + reason};
  }
  ArrowArray rows = points.finish();
  const penstock::FixedColumn<int64_t> time(*rows.children[0]);
  const penstock::TextColumn topic(*rows.children[1]);
  const penstock::FixedColumn<double> value(*rows.children[2]);
  const penstock::TextColumn text(*rows.children[3]);
  const penstock::FixedColumn<int16_t> quality(*rows.children[4]);
  const penstock::TextColumn metadata(*rows.children[5]);
  std::vector<std::string> result;
  for (int64_t i = 0; i < rows.length; ++i) {
    CHECK(topic[i] == "t");
    result.push_back(fmt::format(
        "{} {} {} {} {}", time[i] - kReceived, value.valid(i) ? fmt::format("{}", value[i]) : "-",
        text.valid(i) ? fmt::format("'{}'", text[i]) : "-", quality[i], metadata[i]));
  }
  rows.release(&rows);
  return result;
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
  CHECK(rejected(R"({"v":1,"q":true})", "quality: neither"));
  CHECK(rejected(R"({"v":1,"q":[]})", "quality: neither"));
}

TEST_CASE("times as text and numbers, absent ones and unreadable ones") {
  CHECK(decode(R"({"v":1,"ts":"2023-11-14T23:13:20.000001+01:00"})") == Points{"1 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000001})") == Points{"1000000 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000000.25})") == Points{"250000 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":null})") == Points{"0 1 - 192 {}"});
  CHECK(decode(R"({"v":1,"ts":1700000000000001})", {"", TimeUnit::kMicroseconds}) ==
        Points{"1 1 - 192 {}"});
  CHECK(rejected(R"({"v":1,"ts":"yesterday"})", "time: not RFC 3339"));
  CHECK(rejected(R"({"v":1,"ts":""})", "time: not RFC 3339"));
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
  CHECK(rejected(R"([{"v":1},{"v":"x"},{"q":1}])", "there is no value"));
  CHECK(rejected(R"([{"v":1},{"v":2)", "not JSON"));
}

TEST_CASE("root names the points inside") {
  CHECK(decode(R"({"gw":"g1","points":[{"v":1},{"v":2}]})", {"/points"}) ==
        Points{"0 1 - 192 {}", "0 2 - 192 {}"});
  CHECK(decode(R"({"a":{"b":{"v":5}}})", {"/a/b"}) == Points{"0 5 - 192 {}"});
  CHECK(decode(R"({"a":1})", {"/points"})[0].starts_with("! nothing at root"));
  CHECK(decode(R"({"points":1})", {"/points"})[0].starts_with("! neither object nor array"));
}

TEST_CASE("what is not JSON is rejected") {
  for (const char* payload : {"",
                              " ",
                              "{",
                              "}",
                              "{\"v\":1",
                              "{\"v\"}",
                              "{\"v\":}",
                              "{\"v\":1}}",
                              "{\"v\":1} x",
                              "[{\"v\":1}",
                              "[{\"v\":1}]]",
                              "{v:1}",
                              "\xff\xfe",
                              "{\"v\":\"\xff\"}",
                              "{\"v\":\"a\nb\"}",
                              "{\"v\":1,}",
                              "{\"v\":1 \"q\":2}",
                              "{\"v\":tru}",
                              "{\"v\":nul}",
                              "{\"v\":1.}",
                              "{\"v\":\"\\x\"}"}) {
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
  MessageReader reader(FieldNames({"value"}, {}, {}, {}), "", TimeUnit::kAuto, {2, 3});
  PointBuilder points;
  const auto read = [&](std::string payload) {
    const size_t size = payload.size();
    payload.append(PENSTOCK_PADDING, '\0');
    return reader.read({payload.data(), size}, "t", kReceived, points);
  };
  CHECK(read(R"([{"value":1},{"value":2},{"value":3}])").empty());
  CHECK(points.rows() == 3);
  CHECK_FALSE(reader.over_limit());
  CHECK(read(R"([{"value":1},{"value":2},{"value":3},{"value":4}])") ==
        "more points than max_points = 3");
  CHECK(reader.over_limit());
  CHECK(points.rows() == 3);
  CHECK(read(R"({"value":1,"x":[[1]]})").empty());
  CHECK_FALSE(reader.over_limit());
  CHECK(read(R"({"value":1,"x":[[[1]]]})") == "nested deeper than max_depth = 2");
  CHECK(read(R"({"value":[[[1]]]})") == "nested deeper than max_depth = 2");
  CHECK(reader.over_limit());
}

TEST_CASE("a long topic and many points do not make a column outgrow its offsets") {
  MessageReader reader(FieldNames({"v"}, {}, {}, {}), "", TimeUnit::kAuto, {64, 1'000'000});
  std::string payload = "[";
  for (int i = 0; i < 10'000; ++i) payload += R"({"v":1},)";
  payload.back() = ']';
  const size_t size = payload.size();
  payload.append(PENSTOCK_PADDING, '\0');
  PointBuilder points;
  const std::string topic(65'535, 't');
  CHECK(reader.read({payload.data(), size}, topic, kReceived, points) ==
        "its points have more bytes than 268435456");
  CHECK(points.rows() == 0);
}
