#include "json_text.hpp"

#include <catch2/catch.hpp>
#include <string>

using json_decoder::is_json_value;

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
  CHECK(is_json_value(nested(json_decoder::kMostDepth)));
  CHECK_FALSE(is_json_value(nested(json_decoder::kMostDepth + 1)));
  CHECK_FALSE(is_json_value(nested(1'000'000)));
}
