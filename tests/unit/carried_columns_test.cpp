// What goes with each point of a message besides, from the message's chunk to the point's row.
#include <penstock/columns.hpp>

#include <string>
#include <vector>
#include "catch.hpp"

#include "decoding/budget.hpp"
#include "decoding/point_builder.hpp"

using namespace penstock;
using namespace decoding;

namespace {

const Schema kCarried{{"attributes", format::kUtf8, true}};

// Chunks of messages with a column `attributes`; "-" is null.
class Messages {
 public:
  explicit Messages(const std::vector<std::vector<std::string>>& chunks) {
    for (const auto& texts : chunks) {
      TextBuilder builder;
      for (const std::string& text : texts) {
        if (text == "-") builder.push_null();
        else builder.push(text);
      }
      std::vector<ArrowArray> columns{builder.finish()};
      rows_.push_back(make_rows(static_cast<int64_t>(texts.size()), std::move(columns)));
      count_ += static_cast<int64_t>(texts.size());
    }
    for (const ArrowArray& each : rows_) chunks_.push_back(&each);
    view_ = {sizeof(penstock_batch), 0,      &schema_, chunks_.data(),
             chunks_.size(),         count_, nullptr,  0};
  }
  Messages(const Messages&) = delete;
  ~Messages() {
    for (ArrowArray& each : rows_) each.release(&each);
    schema_.release(&schema_);
  }
  Batch batch() const { return Batch(&view_, nullptr); }

 private:
  ArrowSchema schema_ = export_schema(kCarried);
  std::vector<ArrowArray> rows_;
  std::vector<const ArrowArray*> chunks_;
  int64_t count_ = 0;
  penstock_batch view_ = {};
};

void push(PointBuilder& points, size_t count) {
  for (; count > 0; --count) {
    points.start_texts();
    points.push({}, "t");
  }
}

std::vector<std::string> attributes_of(PointBuilder& points) {
  ArrowArray rows = points.finish();
  const TextColumn column(*rows.children[6]);
  std::vector<std::string> texts;
  for (int64_t i = 0; i < rows.length; ++i) {
    texts.push_back(column.valid(i) ? std::string(column[i]) : "-");
  }
  rows.release(&rows);
  return texts;
}

}  // namespace

TEST_CASE("each point carries what its own message has, whatever chunk that is in") {
  const Messages messages({{"a", "-", "b"}, {"c"}, {"d", "e"}});
  CarriedColumns carried(kCarried);
  PointBuilder points;
  points.carry(carried);
  const auto read = [&](int64_t row, size_t count) {
    carried.start_row(row, points.rows());
    push(points, count);
  };
  carried.start_chunk(messages.batch(), 0);
  read(0, 2);
  read(1, 1);
  read(2, 0);
  CHECK(attributes_of(points) == std::vector<std::string>{"a", "a", "-"});
  // In pieces of a chunk, and where a message's points are taken back.
  read(2, 1);
  CHECK(attributes_of(points) == std::vector<std::string>{"b"});
  carried.start_chunk(messages.batch(), 1);
  read(0, 3);
  CHECK(attributes_of(points) == std::vector<std::string>{"c", "c", "c"});
  carried.start_chunk(messages.batch(), 2);
  carried.start_row(0, points.rows());
  push(points, 2);
  points.truncate(0);
  read(1, 2);
  CHECK(attributes_of(points) == std::vector<std::string>{"e", "e"});
}

TEST_CASE("what a message carries is of its own bytes, of which its points may take 32 times",
          "[slow]") {
  const Messages messages({{std::string(1 << 20, 'a')}});
  CarriedColumns carried(kCarried);
  PointBuilder points;
  points.carry(carried);
  Words words;
  Budget budget(1000, words);
  carried.start_chunk(messages.batch(), 0);
  carried.start_row(0, points.rows());
  CHECK(points.carried_row_bytes() == (1 << 20) + 4);
  // Messages of 20 points each take none of what is the batch's.
  budget.start_batch();
  for (int i = 0; i < 100; ++i) {
    carried.start_row(0, points.rows());
    budget.start_message(100, "t", points);
    budget.start_counting(points);
    push(points, 20);
    REQUIRE(budget.check(points) == nullptr);
    budget.end_message(points);
    attributes_of(points);
  }
  // 100 points take 68 MiB more than that, of which the batch has 64.
  carried.start_row(0, points.rows());
  budget.start_message(100, "t", points);
  budget.start_counting(points);
  push(points, 100);
  CHECK(budget.check(points) != nullptr);
  CHECK(budget.is_exceeded());
}
