// What a terminal would obey is shown as text.
#include "telemetry/printable.hpp"

#include <string>

#include "catch.hpp"

using penstock::engine::printable;

TEST_CASE("what people write stays as it is") {
  for (const std::string text : {"", "a b", "\"quotes\" and \\u001B", "21 °C", "日本語", "😀",
                                 "\u00A0", "\u2027\u202F\u2065\u206A", "\u200B", "\U0010FFFF"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("control characters, separators and marks of direction are escaped as in JSON") {
  CHECK(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
  CHECK(printable(std::string("\0\x01\x1B[31m\x1F\x7F", 9)) ==
        "\\u0000\\u0001\\u001B[31m\\u001F\\u007F");
  CHECK(printable("\u0080\u0085\u009B\u009F") == "\\u0080\\u0085\\u009B\\u009F");
  CHECK(printable("\u061C\u200E\u200F\u2028\u2029\u202A\u202E\u2066\u2069") ==
        "\\u061C\\u200E\\u200F\\u2028\\u2029\\u202A\\u202E\\u2066\\u2069");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(printable("\x9B"
                  "31m") == "\\x9B31m");
  CHECK(printable("\xC3") == "\\xC3");
  CHECK(printable("\xC0\x8A") == "\\xC0\\x8A");           // an overlong line feed
  CHECK(printable("\xED\xA0\x80") == "\\xED\\xA0\\x80");  // a surrogate
  CHECK(printable("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");
  CHECK(printable("\xE2\x80!") == "\\xE2\\x80!");
}

TEST_CASE("kept bytes stay, and what was escaped once is not escaped again") {
  CHECK(printable("a\n\tb\r", "\n\t") == "a\n\tb\\r");
  CHECK(printable(printable("\x1B\n")) == printable("\x1B\n"));
}
