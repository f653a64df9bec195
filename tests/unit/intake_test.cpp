#include "intake/intake.hpp"

#include <bit>
#include <penstock/columns.hpp>
#include <penstock/context.hpp>

#include <random>
#include <string>
#include <thread>
#include <vector>
#include "catch.hpp"

#include "becomes.hpp"
#include "temporary_folder.hpp"

using namespace penstock;
using namespace penstock::engine;
using namespace std::chrono_literals;

namespace {

// Each claim holds of both kinds.
BufferOptions options(int64_t max_bytes = 16 << 20, Overflow overflow = Overflow::kBlock) {
  BufferOptions buffer;
  buffer.type = GENERATE(BufferType::kMemory, BufferType::kDisk);
  buffer.max_bytes = {max_bytes};
  buffer.segment_bytes = {max_bytes / 4};
  buffer.overflow = overflow;
  return buffer;
}

// An open intake, with a folder of its own if it is on disk.
struct Log {
  TemporaryFolder folder;
  Wakeup pump;
  std::unique_ptr<Intake> held;
  Intake& intake;

  explicit Log(BufferOptions options, uint32_t extra_columns = 0)
      : held(make(options, extra_columns)), intake(*held) {
    const auto opened = intake.open({"test", "source"}, [](const std::string&) {});
    INFO(why_not(opened));
    REQUIRE(opened);
  }

 private:
  std::unique_ptr<Intake> make(BufferOptions& options, uint32_t extra_columns) {
    if (options.type == BufferType::kDisk) options.path = folder.path();
    return std::make_unique<Intake>(options, pump, extra_columns);
  }
};

size_t append(Intake& intake, const std::string& topic, const std::string& payload,
              int64_t received = 0, bool force = false) {
  const penstock_source_message message = source_message(topic, payload, received);
  return intake.writer().append({&message, 1}, force, nullptr);
}

// What a slice holds, and releases it.
std::vector<std::string> read(Slice& slice) {
  std::vector<std::string> rows;
  const TextColumn topic(*slice.messages.children[0]), payload(*slice.messages.children[1]);
  const FixedColumn<int64_t> received(*slice.messages.children[2]);
  for (int64_t i = 0; i < slice.messages.length; ++i) {
    rows.push_back(std::string(topic[i]) + "=" + std::string(payload[i]) + "@" +
                   std::to_string(received[i]));
  }
  slice.messages.release(&slice.messages);
  return rows;
}

}  // namespace

TEST_CASE("messages come out as they went in, in order, from where they lie") {
  Log log(options());
  Intake& intake = log.intake;
  append(intake, "a", "1", 10);
  append(intake, "b", "", 20);
  append(intake, "", "three", 30);
  REQUIRE(intake.reader().available() == 3);
  Slice slice = intake.reader().take(1000);
  CHECK(read(slice) == std::vector<std::string>{"a=1@10", "b=@20", "=three@30"});
  intake.ranges().done(slice.range);
  CHECK(intake.drained());
}

TEST_CASE("who asks for a source's extra columns gets them, whatever part of a block a slice is") {
  const uint32_t columns = GENERATE(0u, PENSTOCK_COLUMN_RETAINED, PENSTOCK_COLUMN_ATTRIBUTES,
                                    PENSTOCK_COLUMN_RETAINED | PENSTOCK_COLUMN_ATTRIBUTES);
  const bool any_attributes = GENERATE(true, false);
  Log log(options(), columns);
  const auto is_retained = [](int64_t i) { return i % 3 == 0; };
  const auto attributes_of = [&](int64_t i) {
    return any_attributes && i % 5 == 1 ? R"({"n":)" + std::to_string(i) + "}" : "";
  };
  for (int64_t i = 0; i < 2500; ++i) {
    penstock_source_message message = source_message("topic", "payload", i);
    if (is_retained(i)) message.flags = PENSTOCK_MESSAGE_RETAINED;
    const std::string attributes = attributes_of(i);
    message.attributes = {attributes.data(), attributes.size()};
    REQUIRE(log.intake.writer().append({&message, 1}, false, nullptr) == 1);
  }
  int64_t next = 0;
  while (log.intake.reader().available() > 0) {
    Slice slice = log.intake.reader().take(300);
    const ArrowArray& rows = slice.messages;
    REQUIRE(rows.n_children == 3 + std::popcount(columns));
    int64_t nulls = 0;
    for (int64_t i = 0; i < rows.length; ++i, ++next) {
      size_t at = 3;
      if (columns & PENSTOCK_COLUMN_RETAINED) {
        REQUIRE(BoolColumn(*rows.children[at++])[i] == is_retained(next));
      }
      if (!(columns & PENSTOCK_COLUMN_ATTRIBUTES)) continue;
      const TextColumn attributes(*rows.children[at]);
      REQUIRE(attributes[i] == attributes_of(next));
      REQUIRE(attributes.valid(i) == !attributes_of(next).empty());
      nulls += attributes.valid(i) ? 0 : 1;
    }
    if (columns & PENSTOCK_COLUMN_ATTRIBUTES) {
      CHECK(rows.children[rows.n_children - 1]->null_count == nulls);
    }
    slice.messages.release(&slice.messages);
    log.intake.ranges().done(slice.range);
  }
  CHECK(next == 2500);
}

TEST_CASE("an open block is dispatched in parts while it grows") {
  Log log(options());
  Intake& intake = log.intake;
  for (int i = 0; i < 5; ++i) {
    append(intake, "t", std::to_string(i));
    Slice slice = intake.reader().take(1000);
    CHECK(read(slice) == std::vector<std::string>{"t=" + std::to_string(i) + "@0"});
    intake.ranges().done(slice.range);
  }
  CHECK(intake.ranges().watermark() == 5);
}

TEST_CASE("under load slices have a thousand messages exactly") {
  Log log(options());
  Intake& intake = log.intake;
  const std::string payload(125, 'x');
  for (int i = 0; i < 10'000; ++i) REQUIRE(append(intake, "dev/plc-001/temperature", payload) == 1);
  for (int i = 0; i < 10; ++i) {
    Slice slice = intake.reader().take(kBlockRows);
    CHECK(slice.messages.length == 1000);
    read(slice);
    intake.ranges().done(slice.range);
  }
  CHECK(intake.reader().available() == 0);
}

TEST_CASE("the watermark passes only what is done without a gap") {
  Log log(options());
  Intake& intake = log.intake;
  std::vector<Slice> slices;
  for (int i = 0; i < 3; ++i) {
    append(intake, "t", "x");
    slices.push_back(intake.reader().take(1));
    read(slices.back());
  }
  intake.ranges().done(slices[2].range);
  intake.ranges().done(slices[1].range);
  CHECK(intake.ranges().watermark() == 0);
  intake.ranges().done(slices[0].range);
  CHECK(intake.ranges().watermark() == 3);
}

TEST_CASE("a full intake takes no more until something is done and released") {
  Log log(options(1 << 20));
  Intake& intake = log.intake;
  const std::string payload(10'000, 'x');
  size_t taken = 0;
  while (append(intake, "t", payload) == 1) ++taken;
  CHECK(taken > 50);
  CHECK(taken < 110);
  CHECK_FALSE(intake.writer().wait_for_space(1ms));
  while (intake.reader().available() > 0) {
    Slice slice = intake.reader().take(kBlockRows);
    read(slice);
    intake.ranges().done(slice.range);
  }
  CHECK(intake.writer().wait_for_space(1ms));
  CHECK(append(intake, "t", payload) == 1);
}

TEST_CASE("a promised message is taken even when full") {
  Log log(options(1 << 20));
  Intake& intake = log.intake;
  const std::string payload(200'000, 'x');
  while (append(intake, "t", payload) == 1) {
  }
  const uint64_t before = intake.appended();
  CHECK(append(intake, "t", payload, 0, true) == 1);
  CHECK(intake.appended() == before + 1);
}

TEST_CASE("a message larger than the whole intake is taken when it is empty") {
  Log log(options(1 << 20));
  Intake& intake = log.intake;
  CHECK(append(intake, "t", std::string(3 << 20, 'x')) == 1);
  CHECK(append(intake, "t", std::string(10'000, 'x')) == 0);
  Slice slice = intake.reader().take(1);
  CHECK(read(slice)[0].size() > (3 << 20));
  intake.ranges().done(slice.range);
}

// The pump and the graph, with nothing left to do: all that was appended is done and released.
void finish(Intake& intake) {
  while (intake.reader().available() > 0) {
    Slice slice = intake.reader().take(kBlockRows);
    slice.messages.release(&slice.messages);
    intake.ranges().done(slice.range);
  }
  intake.reader().release_read_block();
}

TEST_CASE("a message of any size is taken once what came before is done", "[slow]") {
  const size_t max_bytes = GENERATE(1 << 20, 16 << 20);
  const Overflow overflow = GENERATE(Overflow::kBlock, Overflow::kDropNewest);
  Log log(options(static_cast<int64_t>(max_bytes), overflow));
  std::jthread pump([&](const std::stop_token& end) {
    while (!end.stop_requested()) {
      finish(log.intake);
      std::this_thread::sleep_for(100us);
    }
  });
  std::mt19937 random(3);
  uint64_t sent = 0;
  for (int i = 0; i < 400; ++i) {
    // Small ones mostly; at times topics and payloads as large as they may be.
    const size_t topic = random() % 8 == 0 ? random() % 65'536 : random() % 40;
    const size_t payload = random() % 16 == 0 ? random() % (20 << 20) : random() % 2000;
    const std::string topic_text(topic + 1, 't'), payload_text(payload, 'p');
    INFO(i << ": topic of " << topic << ", payload of " << payload);
    if (overflow == Overflow::kDropNewest) REQUIRE(becomes([&] { return log.intake.drained(); }));
    if (append(log.intake, topic_text, payload_text) == 0) {
      REQUIRE(log.intake.writer().wait_for_space(10s));
      REQUIRE(append(log.intake, topic_text, payload_text) == 1);
    }
    REQUIRE(log.intake.received() == ++sent);
  }
  CHECK(log.intake.dropped() == 0);
}

TEST_CASE("behind a promised message beyond the limit there is space once it is done") {
  Log log(options(1 << 20));
  append(log.intake, "t", std::string(400'000, 'x'));
  CHECK(append(log.intake, "t", std::string(3 << 20, 'x'), 0, true) == 1);
  CHECK_FALSE(log.intake.writer().wait_for_space(0s));
  CHECK(log.intake.writer().refuses());
  finish(log.intake);
  CHECK(log.intake.writer().wait_for_space(0s));
  for (int tries = 0; tries < 2 && append(log.intake, "t", std::string(900'000, 'x')) == 0;) {
    ++tries;
    log.intake.reader().release_read_block();
    CHECK(log.intake.writer().wait_for_space(0s));
  }
  CHECK(log.intake.appended() == 3);
  CHECK_FALSE(log.intake.writer().refuses());
}

TEST_CASE("a block that was read whole is released when it is sealed, not with the next slice") {
  Log log(options(1 << 20));
  append(log.intake, "t", "small");
  finish(log.intake);
  CHECK_FALSE(log.intake.reader().has_read_block());  // more may be added to it
  const std::string large(2 << 20, 'x');
  CHECK(append(log.intake, "t", large) == 0);
  CHECK(log.intake.reader().has_read_block());
  CHECK_FALSE(log.intake.writer().wait_for_space(0s));
  log.intake.reader().release_read_block();
  CHECK(log.intake.writer().wait_for_space(0s));
  CHECK(append(log.intake, "t", large) == 1);
}

TEST_CASE("an intake that has room again no longer refuses") {
  Log log(options(1 << 20));
  const std::string payload(1000, 'x');
  while (append(log.intake, "t", payload) == 1) {
  }
  CHECK_FALSE(log.intake.writer().wait_for_space(1ms));
  CHECK(log.intake.writer().refuses());
  while (log.intake.reader().available() > 0) {
    Slice slice = log.intake.reader().take(kBlockRows);
    log.intake.ranges().done(slice.range);
    slice.messages.release(&slice.messages);
  }
  CHECK(log.intake.writer().wait_for_space(10s));
  CHECK_FALSE(log.intake.writer().refuses());
}

TEST_CASE("drop_newest counts what has no room") {
  Log log(options(1 << 20, Overflow::kDropNewest));
  Intake& intake = log.intake;
  for (int i = 0; i < 300; ++i) CHECK(append(intake, "t", std::string(10'000, 'x')) == 1);
  CHECK(intake.dropped() > 100);
  CHECK(intake.appended() + intake.dropped() == 300);
}

TEST_CASE("memory is used again, so that a long run holds no more than a short one") {
  Log log(options(2 << 20));
  Intake& intake = log.intake;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 1000; ++i) REQUIRE(append(intake, "topic", std::string(100, 'x')) == 1);
    while (intake.reader().available() > 0) {
      Slice slice = intake.reader().take(kBlockRows);
      read(slice);
      intake.ranges().done(slice.range);
    }
  }
  CHECK(intake.held_bytes() <= (1 << 20));
  CHECK(intake.ranges().watermark() == 200'000);
}

TEST_CASE("an abandoned intake counts nothing as done") {
  Log log(options());
  Intake& intake = log.intake;
  append(intake, "t", "x");
  Slice slice = intake.reader().take(1);
  intake.ranges().abandon();
  intake.ranges().done(slice.range);
  CHECK(intake.ranges().watermark() == 0);
  read(slice);
}

TEST_CASE("what waits to be dispatched again is dispatched once") {
  Log log(options());
  Intake& intake = log.intake;
  for (const char* text : {"1", "2", "3"}) append(intake, "t", text);
  for (int i = 0; i < 2; ++i) {
    Slice slice = intake.reader().take(1);
    read(slice);
  }
  intake.ranges().abandon();
  CHECK(intake.ranges().dispatch_again() == 2);
  Slice first = intake.reader().take(1);
  CHECK(read(first)[0] == "t=1@0");
  intake.ranges().abandon();  // "2" still waits
  CHECK(intake.ranges().dispatch_again() == 2);
  CHECK(intake.reader().available() == 3);
  for (const char* text : {"t=1@0", "t=2@0", "t=3@0"}) {
    Slice slice = intake.reader().take(1);
    CHECK(read(slice)[0] == text);
    intake.ranges().done(slice.range);
  }
  CHECK(intake.drained());
  CHECK(intake.reader().available() == 0);
}

TEST_CASE("one thread appends while another takes and a third says done") {
  constexpr int kMessages = 200'000;
  Log log(options(2 << 20));
  Intake& intake = log.intake;
  // Whoever is not ready by then has lost something.
  const auto deadline = std::chrono::steady_clock::now() + 120s;
  const auto in_time = [&] { return std::chrono::steady_clock::now() < deadline; };
  std::thread source([&] {
    for (int i = 0; i < kMessages && in_time();) {
      if (append(intake, "t", std::to_string(i), i) == 1) ++i;
      else intake.writer().wait_for_space(100ms);
    }
  });
  std::mutex mutex;
  std::vector<Range*> dispatched;
  std::atomic<bool> end = false;
  std::thread finisher([&] {
    while (true) {
      const bool last = end;
      std::vector<Range*> now;
      {
        const std::lock_guard lock(mutex);
        now.swap(dispatched);
      }
      for (Range* range : now) intake.ranges().done(range);
      if (last && now.empty()) return;
      std::this_thread::yield();
    }
  });
  int64_t expected = 0;
  bool in_order = true;
  while (expected < kMessages && in_time()) {
    log.pump.wait_for(10ms, [&] { return intake.reader().available() > 0; });
    if (intake.reader().available() == 0) continue;
    Slice slice = intake.reader().take(kBlockRows);
    const TextColumn payload(*slice.messages.children[1]);
    for (int64_t i = 0; i < slice.messages.length; ++i) {
      in_order = in_order && payload[i] == std::to_string(expected++);
    }
    slice.messages.release(&slice.messages);
    const std::lock_guard lock(mutex);
    dispatched.push_back(slice.range);
  }
  source.join();
  end = true;
  finisher.join();
  CHECK(expected == kMessages);
  CHECK(in_order);
  CHECK(intake.drained());
}
