// Messages of every size, in any order, through intakes of every allowed size: nothing stops them.
#include <penstock/columns.hpp>
#include <penstock/context.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include "catch.hpp"

#include "becomes.hpp"
#include "intake/intake.hpp"
#include "temporary_folder.hpp"

using namespace penstock;
using namespace penstock::engine;
using namespace std::chrono_literals;

namespace {

constexpr size_t kLargestTopic = 65'535;
constexpr size_t kLargestPayload = 16 << 20;  // max_message_bytes, by default

// What a message is, in few words.
struct Shape {
  size_t topic, payload, attributes;
  char fill;

  bool operator==(const Shape&) const = default;
};

std::ostream& operator<<(std::ostream& to, const Shape& shape) {
  return to << "topic of " << shape.topic << ", payload of " << shape.payload << ", attributes of "
            << shape.attributes;
}

// Mostly small; else around what an intake of these options has limits at.
Shape random_shape(std::mt19937& random, const BufferOptions& options) {
  const auto segment = static_cast<size_t>(options.segment_bytes.count);
  const auto all = static_cast<size_t>(options.max_bytes.count);
  const auto one_of = [&](const std::vector<size_t>& sizes) {
    return sizes[random() % sizes.size()];
  };
  Shape shape{random() % 40, random() % 2000, 0, static_cast<char>('a' + random() % 26)};
  if (random() % 6 == 0) shape.topic = one_of({0, 1, 1024, kLargestTopic - 1, kLargestTopic});
  if (random() % 6 == 0) shape.attributes = one_of({1, 300, kLargestTopic});
  if (random() % 3 > 0) return shape;
  const size_t index = BlockShape{}.index_bytes() + kFirstBlock + PENSTOCK_PADDING;
  const size_t bound = one_of({0, 1, 64, segment / 4, segment - index, segment, segment * 2,
                               all / 2, all - index, all, all + segment, kLargestPayload});
  const size_t by = random() % 3 == 0 ? random() % 4096 : random() % 3;
  shape.payload = std::min(random() % 2 ? bound + by : bound - std::min(by, bound),
                           random() % 4 ? segment * 2 : kLargestPayload);
  return shape;
}

// The pump and what is behind it: takes all that there is, and has it done at once, or late: when
// the source waits for space, or at the end, in any order.
class Reader {
 public:
  Reader(Intake& intake, Wakeup& wakeup, bool at_once)
      : intake_(intake),
        wakeup_(wakeup),
        at_once_(at_once),
        thread_([this](const std::stop_token& end) { run(end); }) {}

  // All that there is, once it is done.
  std::vector<Shape> end() {
    thread_.request_stop();
    thread_.join();
    return read_;
  }

 private:
  void run(const std::stop_token& end) {
    while (!end.stop_requested() || !intake_.drained()) {
      wakeup_.wait_for(1ms, [&] {
        return intake_.reader().available() > 0 || intake_.reader().has_read_block();
      });
      while (intake_.reader().available() > 0) take();
      intake_.reader().release_read_block();
      if (at_once_ || intake_.writer().refuses() || end.stop_requested()) finish();
    }
  }
  void take() {
    slices_.push_back(intake_.reader().take(1 + random_() % kBlockRows));
    const Slice& slice = slices_.back();
    const TextColumn topic(*slice.messages.children[0]), payload(*slice.messages.children[1]);
    const Block& block = *slice.range->block;
    for (int64_t i = 0; i < slice.messages.length; ++i) {
      const auto row = static_cast<uint32_t>(slice.range->first - block.first() + i);
      const std::string_view attributes = block.attributes(row);
      const char fill = payload[i].empty() ? 0 : payload[i].front();
      for (const std::string_view text : {topic[i], payload[i], attributes}) {
        is_whole_ = is_whole_ && (payload[i].empty() || text.find_first_not_of(fill) == text.npos);
      }
      read_.push_back({topic[i].size(), payload[i].size(), attributes.size(), fill});
    }
    if (!is_whole_) read_.back().fill = '?';
  }
  void finish() {
    std::shuffle(slices_.begin(), slices_.end(), random_);
    for (Slice& slice : slices_) {
      slice.messages.release(&slice.messages);
      intake_.ranges().done(slice.range);
    }
    slices_.clear();
  }

  Intake& intake_;
  Wakeup& wakeup_;
  const bool at_once_;
  std::mt19937 random_{5};
  std::vector<Slice> slices_;
  std::vector<Shape> read_;
  bool is_whole_ = true;
  std::jthread thread_;
};

size_t append(Intake& intake, const Shape& shape, bool force = false) {
  const std::string topic(shape.topic, shape.fill), payload(shape.payload, shape.fill),
      attributes(shape.attributes, shape.fill);
  penstock_source_message message = source_message(topic, payload, 7);
  message.attributes = {attributes.data(), attributes.size()};
  return intake.writer().append({&message, 1}, force, nullptr);
}

// As a receiver does that has promised it: then it pauses until there is space.
bool append_promised(Intake& intake, const Shape& shape) {
  if (append(intake, shape) == 1) return true;
  if (intake.writer().wait_for_space(1ms) && append(intake, shape) == 1) return true;
  return append(intake, shape, true) == 1 &&
         becomes([&] { return intake.writer().wait_for_space(10ms); }, 20s);
}

// The least that check allows, and more.
BufferOptions options(const std::string& path) {
  BufferOptions buffer;
  buffer.type = GENERATE(BufferType::kMemory, BufferType::kDisk);
  if (buffer.type == BufferType::kDisk) buffer.path = path;
  buffer.max_bytes = {GENERATE(1 << 20, 5 << 20, 64 << 20)};
  // Once: it waits for the disk.
  const bool may_sync = buffer.type == BufferType::kDisk && buffer.max_bytes.count == 1 << 20;
  if (may_sync && GENERATE(false, true)) buffer.durability = Durability::kMachine;
  buffer.sync_interval = 100us;
  buffer.segment_bytes = {GENERATE(true, false) ? 256 << 10 : buffer.max_bytes.count / 4};
  return buffer;
}

}  // namespace

TEST_CASE("no size of messages, in no order, stops a source", "[slow]") {
  const TemporaryFolder folder;
  BufferOptions buffer = options(folder.path());
  const bool is_promised = GENERATE(false, true);
  const bool drops = !is_promised && GENERATE(false, true);
  buffer.overflow = drops ? Overflow::kDropNewest : Overflow::kBlock;
  const bool at_once = GENERATE(true, false);
  CAPTURE(buffer.max_bytes.count, buffer.segment_bytes.count, at_once, is_promised, buffer.path,
          buffer.durability == Durability::kMachine);
  Wakeup wakeup;
  Intake intake(buffer, wakeup);
  REQUIRE(intake.open({"test", "source"}, [](const std::string&) {}));
  Reader reader(intake, wakeup, at_once);
  std::mt19937 random(static_cast<unsigned>(buffer.max_bytes.count + at_once));
  std::vector<Shape> sent;
  for (int i = 0; i < 60; ++i) {
    Shape shape = random_shape(random, buffer);
    if (shape.payload == 0) shape.fill = 0;
    INFO(i << ": " << shape);
    if (drops && at_once) REQUIRE(becomes([&] { return intake.drained(); }));
    const uint64_t before = intake.appended(), undone = intake.undone();
    if (is_promised) {
      REQUIRE(append_promised(intake, shape));
    } else if (append(intake, shape) == 0) {
      REQUIRE_FALSE(drops);
      REQUIRE(intake.writer().wait_for_space(20s));
      REQUIRE(append(intake, shape) == 1);
    }
    if (intake.appended() > before) sent.push_back(shape);
    else REQUIRE(undone > 0);
  }
  CHECK(reader.end() == sent);
  CHECK(intake.appended() + intake.dropped() == 60);
  if (!drops || at_once) CHECK(intake.dropped() == 0);
  intake.reader().release_read_block();
  // What is appended to, and no more.
  CHECK(becomes([&] { return intake.segments() <= 1; }));
}
