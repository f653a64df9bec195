// What the reader of messages costs at most, and what it keeps byte for byte. What becomes of which
// message is in plugins/json_decoder/tests.
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

}  // namespace

TEST_CASE("everything else is metadata, with its type and nesting") {
  CHECK(decode(R"({"a":1.50,"v":1,"b":[1, {"c":null}],"d":{"e":"f"},"g":true , "h" : "\u00e4"})") ==
        Points{R"(0 1 - 192 {"a":1.50,"b":[1, {"c":null}],"d":{"e":"f"},"g":true,"h":"\u00e4"})"});
}

TEST_CASE("a message with bad elements leaves whole where a part cannot leave alone") {
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

TEST_CASE("points of members are no larger than their message allows for") {
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

TEST_CASE("metadata keeps the escapes that it came with") {
  CHECK(decode(R"({"v\u0061lue\n":1,"v":2})") == Points{R"(0 2 - 192 {"v\u0061lue\n":1})"});
}

TEST_CASE("a letter of many bad elements is no larger than the message") {
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
