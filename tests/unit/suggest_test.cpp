#include "config/suggest.hpp"

#include "config/choice.hpp"

#include "catch.hpp"

using namespace penstock::engine;

TEST_CASE("the distance counts insertions, deletions, substitutions and swaps") {
  CHECK(edit_distance("batcher", "batcher") == 0);
  CHECK(edit_distance("bacher", "batcher") == 1);
  CHECK(edit_distance("abtcher", "batcher") == 1);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("a near word is suggested, a far one isn't") {
  const std::vector<std::string> known{"rows", "interval", "plugin", "inputs", "parallelism",
                                       "a",    "b",        "c",      "d"};
  CHECK(suggestion("row", known) == " (did you mean \"rows\"?)");
  CHECK(suggestion("zebra", known).empty());
  CHECK(suggestion("zebra", {"out", "rejected"}) == " (one of out, rejected)");
}

TEST_CASE("a choice is found in any case and by the words of other programs") {
  const std::vector<std::string> levels{"debug", "info", "warning", "error"};
  CHECK(find_choice(levels, "warning") == 2u);
  CHECK(find_choice(levels, "warn") == 2u);
  CHECK(find_choice(levels, "WARN") == 2u);
  CHECK(find_choice(levels, "err") == 3u);
  CHECK_FALSE(find_choice(levels, "verbose"));
  CHECK_FALSE(find_choice({"a", "b"}, "warn"));
}
