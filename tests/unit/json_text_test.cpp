#include "json_text.hpp"

#include <penstock/utf8.hpp>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include "catch.hpp"
#include "words.hpp"

namespace {

constexpr int kDepth = 128;

using json_decoder::JsonFault;

JsonFault fault(std::string_view text) { return json_decoder::find_fault(text, kDepth); }
bool is_json_value(std::string_view text) { return fault(text).kind == JsonFault::kNone; }

// What a person is told, and the byte.
std::string told(std::string_view text) {
  json_decoder::Words words;
  return json_decoder::say(words, fault(text), text, kDepth);
}

}  // namespace

TEST_CASE("JSON values of every kind are recognised") {
  for (const char* text : {"0", "-0", "1.5", "1e5", "-1.5E-7", "12345678901234567890123", "true",
                           "false", "null", "\"\"", "\"a\"", R"("\n\"\\\/ü")", R"("😀")", "[]", "{}",
                           "[1, 2]", R"({"a": [1, {"b": null}], "c": "x"})", "[[[]]]"}) {
    INFO(text);
    CHECK(is_json_value(text));
  }
}

TEST_CASE("anything else is not") {
  for (const char* text :
       {"",           "01",        "1.",          ".5",           "1e",          "+1",    "-",
        "0x1",        "tru",       "truex",       "nul",          "\"",          "\"a",   "a",
        R"("\x")",    R"("\u12")", R"("\ud83d")", R"("\ud83dx")", R"("\ude00")", "[",     "[1,]",
        "[1 2]",      "{",         "{\"a\"}",     "{\"a\":}",     "{\"a\":1,}",  "{a:1}", "1 2",
        "\"a\"\"b\"", "NaN"}) {
    INFO(text);
    CHECK_FALSE(is_json_value(text));
  }
}

TEST_CASE("nesting has a limit, so that no message can exhaust the stack") {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']');
  };
  CHECK(is_json_value(nested(kDepth)));
  CHECK(fault(nested(kDepth + 1)).kind == JsonFault::kTooDeep);
  CHECK(fault(nested(1'000'000)).kind == JsonFault::kTooDeep);
}

TEST_CASE("a fault is told with what is wrong and the byte, of which the first is 1") {
  CHECK(told("") == "not JSON: unexpected end, expected a value (at byte 1)");
  CHECK(told(R"([{"value":1} {"value":2}])") ==
        R"(not JSON: a comma or "]" is missing (at byte 14))");
  CHECK(told(R"({"a":1 "b":2})") == R"(not JSON: a comma or "}" is missing (at byte 8))");
  CHECK(told(R"({"a" 1})") == "not JSON: a colon is missing (at byte 6)");
  CHECK(told(R"({"a":})") == "not JSON: a value is missing (at byte 6)");
  CHECK(told(R"({"a":1,})") == "not JSON: a member's name in quotes is missing (at byte 8)");
  CHECK(told("{a:1}") == "not JSON: a member's name in quotes is missing (at byte 2)");
  CHECK(told("{'a':1}") == "not JSON: a member's name in quotes is missing (at byte 2)");
  CHECK(told(R"({"a":'b'})") == "not JSON: strings need double quotes (at byte 6)");
  CHECK(told("[1,2") == R"(not JSON: a comma or "]" is missing (at byte 5))");
  CHECK(told(R"({"v":NaN})") == R"(not JSON: "NaN" is not a value (at byte 6))");
  CHECK(told(R"({"v":-Infinity})") == R"(not JSON: "-Infinity" is not a value (at byte 6))");
  CHECK(told(R"({"v":tru})") == R"(not JSON: "tru" is not a value (at byte 6))");
  CHECK(told("[01]") == R"(not JSON: "01" is not a valid JSON number (at byte 2))");
  CHECK(told("[+1]") == R"(not JSON: "+1" is not a valid JSON number (at byte 2))");
  CHECK(told("[1.]") == R"(not JSON: "1." is not a valid JSON number (at byte 2))");
  CHECK(told("{} x") == "not JSON: unexpected text after the end (at byte 4)");
  CHECK(told("[\"a\nb\"]") == "not JSON: unescaped control character in a string (at byte 4)");
  CHECK(told(R"(["a)") == "not JSON: unterminated string (at byte 2)");
  CHECK(told(R"(["a\x"])") == "not JSON: JSON has no such escape (at byte 4)");
  CHECK(told(R"(["\u12"])") == "not JSON: \\u needs four hexadecimal digits (at byte 3)");
  CHECK(told(R"(["\ud800"])") ==
        "not JSON: half a character (a surrogate without its pair) (at byte 3)");
}

TEST_CASE("strings of every length with escapes and control characters at every place") {
  for (size_t length = 0; length < 40; ++length) {
    for (size_t at = 0; at <= length; ++at) {
      std::string text = '"' + std::string(length, 'x') + '"';
      text.insert(at + 1, R"(\u00e4\n\ud83d\ude00)");
      REQUIRE(is_json_value(text));
      std::string meant(length, 'x'), got;
      meant.insert(at, "ä\n😀");
      json_decoder::unescape(text, got);
      REQUIRE(got == meant);
      text.insert(at + 1, "\x1f");
      REQUIRE(fault(text).at == text.data() + at + 1);
    }
  }
}

TEST_CASE("what is JSON and what is not is the same as to a parser that reads all of it") {
  const std::string pieces[] = {"{",        "}",     "[",    "]",    ",",    ":",     "\"a\"",
                                "\"v\"",    "1",     "-0.5", "1e-3", "true", "false", "null",
                                " ",        "\n",    "tru",  "01",   "\"",   "\\",    "\"\\n\"",
                                "\"\\u0\"", "\"ä\"", "{}",   "[]",   "x"};
  std::mt19937 random(7);
  int valid = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    for (auto count = random() % 9; count > 0; --count)
      text += pieces[random() % std::size(pieces)];
    const bool is_json = nlohmann::json::accept(text);
    valid += is_json;
    INFO(text);
    REQUIRE(is_json_value(text) == is_json);
  }
  CHECK(valid > 1000);
}

TEST_CASE("bytes that are not UTF-8 are found where they are") {
  using penstock::utf8_fault;
  const std::string_view valid = "aä€😀";
  CHECK(utf8_fault(valid) == nullptr);
  for (const std::string_view bad : {"ab\xff", "ab\xc3", "ab\xed\xa0\x80", "ab\xe0\x9f\x80",
                                     "ab\xf4\x90\x80\x80", "ab\xf0\x8f\x80\x80", "ab\x80"}) {
    CHECK(utf8_fault(bad) == bad.data() + 2);
  }
}
