#include "flow/tap.hpp"

#include <penstock/builders.hpp>
#include <penstock/schema.hpp>
#include "catch.hpp"

using namespace penstock;
using engine::Tap;
using engine::TapPoint;

namespace {

// Rows 0 … count-1 in chunks of `chunk` rows.
struct Numbers {
  ArrowSchema schema = export_schema({{"n", format::kInt64}});
  engine::Batch batch;

  Numbers(int64_t count, int64_t chunk) {
    batch.schema = &schema;
    for (int64_t first = 0; first < count; first += chunk) {
      FixedBuilder<int64_t> numbers;
      for (int64_t i = first; i < std::min(count, first + chunk); ++i) numbers.push(i);
      std::vector<ArrowArray> columns;
      columns.push_back(numbers.finish());
      batch.add(make_rows(std::min(chunk, count - first), std::move(columns)), {});
    }
  }
  ~Numbers() { schema.release(&schema); }
};

}  // namespace

TEST_CASE("a tap takes rows from all over a batch, and few of it") {
  const Numbers numbers(5000, 1000);
  Tap tap(1000);
  tap.offer(numbers.batch);
  const auto lines = tap.take(1000);
  REQUIRE(lines.size() == 20);
  CHECK(lines.front() == R"({"n":0})");
  CHECK(lines.back() == R"({"n":4750})");
}

TEST_CASE("a tap takes no more than its rate, and no more than has room when nobody reads") {
  const Numbers numbers(100, 100);
  Tap slow(5);
  for (int i = 0; i < 1000; ++i) slow.offer(numbers.batch);
  const size_t taken = slow.take(1000).size();
  CHECK(taken >= 5);
  CHECK(taken <= 6);  // a moment has passed
  Tap unread(1000);
  for (int i = 0; i < 100'000; ++i) unread.offer(numbers.batch);
  CHECK(unread.take(10000).size() <= 1000);
}

TEST_CASE("a listener gets no more than it asked for, and waits no longer than it said") {
  const Numbers numbers(10, 10);
  Tap tap(100);
  CHECK(tap.take(5).empty());
  tap.offer(numbers.batch);
  CHECK(tap.take(5).size() == 5);
}

TEST_CASE("a place gives to those who are there") {
  const Numbers numbers(10, 10);
  TapPoint point;
  const auto one = std::make_shared<Tap>(100), other = std::make_shared<Tap>(100);
  point.offer(numbers.batch);
  point.add(one);
  point.add(other);
  point.offer(numbers.batch);
  point.remove(*one);
  point.offer(numbers.batch);
  CHECK(one->take(100).size() == 10);
  CHECK(other->take(100).size() == 20);
}
