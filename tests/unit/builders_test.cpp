#include <penstock/builders.hpp>
#include <penstock/columns.hpp>

#include "catch.hpp"

using namespace penstock;

TEST_CASE("what a builder takes, a column gives back, nulls among it") {
  FixedBuilder<double> numbers;
  TextBuilder texts;
  for (int i = 0; i < 1000; ++i) {
    if (i % 3 == 0) {
      numbers.push_null();
      texts.push_null();
    } else {
      numbers.push(i / 2.0);
      texts.push(std::string(static_cast<size_t>(i % 7), 'x'));
    }
  }
  ArrowArray number = numbers.finish(), text = texts.finish();
  CHECK(number.null_count == 334);
  const FixedColumn<double> n(number);
  const TextColumn t(text);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(n.valid(i) == (i % 3 != 0));
    REQUIRE(t.valid(i) == (i % 3 != 0));
    if (i % 3 == 0) continue;
    REQUIRE(n[i] == i / 2.0);
    REQUIRE(t[i].size() == static_cast<size_t>(i % 7));
  }
  number.release(&number);
  text.release(&text);
  CHECK(number.release == nullptr);
}

TEST_CASE("truncated rows leave no trace") {
  FixedBuilder<int64_t> numbers;
  TextBuilder texts;
  for (int i = 0; i < 20; ++i) {
    numbers.push_null();
    texts.push("gone");
  }
  texts.bytes().append("half", 4);
  numbers.truncate(3);
  texts.truncate(3);
  for (int i = 0; i < 20; ++i) {
    numbers.push(i);
    texts.push("kept");
  }
  ArrowArray number = numbers.finish(), text = texts.finish();
  CHECK(number.length == 23);
  CHECK(number.null_count == 3);
  const FixedColumn<int64_t> n(number);
  CHECK_FALSE(n.valid(2));
  for (int i = 3; i < 23; ++i) REQUIRE((n.valid(i) && n[i] == i - 3));
  CHECK(TextColumn(text)[3] == "kept");
  number.release(&number);
  text.release(&text);
}

TEST_CASE("a finished builder can be used again") {
  TextBuilder texts;
  texts.push("first");
  ArrowArray first = texts.finish();
  texts.push_null();
  ArrowArray second = texts.finish();
  CHECK(second.length == 1);
  CHECK_FALSE(TextColumn(second).valid(0));
  CHECK(TextColumn(first)[0] == "first");
  first.release(&first);
  second.release(&second);
}
