#include "json_text.hpp"

#include <string>
#include <string_view>
#include "catch.hpp"

namespace {

constexpr int kDepth = 128;

json_decoder::JsonFault fault(std::string_view text) {
  return json_decoder::json_fault(text, kDepth);
}
bool is_json_value(std::string_view text) { return fault(text) == json_decoder::JsonFault::kNone; }

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
  CHECK(fault(nested(kDepth + 1)) == json_decoder::JsonFault::kTooDeep);
  CHECK(fault(nested(1'000'000)) == json_decoder::JsonFault::kTooDeep);
}
