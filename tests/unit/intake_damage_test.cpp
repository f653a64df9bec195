// Damage of a log costs the messages that it hits, all of which are counted, and no others.
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "becomes.hpp"
#include "intake/checkpoint.hpp"
#include "intake/inspect.hpp"
#include "intake/recovery.hpp"
#include "intake_life.hpp"

namespace {

using Bytes = std::vector<char>;

// What a folder holds, in memory.
struct Snapshot {
  std::map<std::string, Bytes> files;

  explicit Snapshot(const std::string& folder) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().filename()] = Bytes(std::istreambuf_iterator<char>(file), {});
    }
  }
  void write(const std::string& folder) const {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    for (const auto& [name, bytes] : files) {
      std::ofstream(folder + "/" + name, std::ios::binary)
          .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
  }
};

// A message of a pristine segment: where its bytes are.
struct Placed {
  uint64_t position;
  bool undone;
  std::vector<std::pair<size_t, size_t>> bytes;  // [begin, end) in the file
  size_t header, block;                          // its block's index begins and ends here

  bool is_hit(size_t byte) const {
    return std::any_of(bytes.begin(), bytes.end(),
                       [&](const auto& each) { return byte >= each.first && byte < each.second; });
  }
  bool is_within(size_t size) const {
    return block <= size && std::all_of(bytes.begin(), bytes.end(),
                                        [&](const auto& each) { return each.second <= size; });
  }
};

std::vector<Placed> placed_in(const std::string& path, uint64_t watermark) {
  std::vector<Placed> all;
  const auto opened = Segment::open(path, false);
  REQUIRE(opened);
  const auto& segment = *opened;
  const auto place = [&](const void* at, size_t size) {
    const auto begin = static_cast<size_t>(static_cast<const char*>(at) - segment->at(0));
    return std::pair(begin, begin + size);
  };
  for_each_block(*segment, watermark, [&](std::unique_ptr<Block> block, FoundBlock& found) {
    std::set<uint32_t> undone;
    for (const SliceRows& slice : found.undone) {
      for (uint32_t row = 0; row < slice.rows; ++row) undone.insert(slice.row + row);
    }
    CHECK(found.damaged.empty());
    const auto* index = reinterpret_cast<const char*>(block->received());
    const size_t start = place(index, 0).first - sizeof(BlockHeader);
    const char* crcs = reinterpret_cast<const char*>(block->payload_offsets() + kBlockRows + 1);
    for (uint32_t row = 0; row < block->published(); ++row) {
      const int32_t* topic = block->topic_offsets() + row;
      const int32_t* payload = block->payload_offsets() + row;
      all.push_back(
          {block->first() + row,
           undone.contains(row),
           {place(block->received() + row, 8), place(topic, 8), place(payload, 8),
            place(crcs + size_t{4} * row, 4), place(crcs + size_t{4} * (kBlockRows + row), 4),
            place(crcs + size_t{8} * kBlockRows + row, 1),
            place(block->topics() + topic[0], static_cast<size_t>(topic[1] - topic[0])),
            place(block->payloads() + payload[0], static_cast<size_t>(payload[1] - payload[0]))},
           start,
           start + kBlockHeaderCopy + sizeof(BlockHeader)});
    }
  });
  return all;
}

// Messages that are done, undone, and half done, over several segments.
class Log {
 public:
  explicit Log(bool killed = true) {
    {
      Life life(options(folder_.path()));
      life.append_numbers(0, kMessages);
      life.take_all();
      for (size_t i = 0; i < life.slices.size(); ++i) {
        if (i < 2 || i % 3 == 1) life.intake.ranges().done(life.slices[i].range);
      }
      watermark_ = life.intake.ranges().watermark();
      if (killed) snapshot = std::make_unique<Snapshot>(folder_.path());  // nothing is sealed
    }
    if (!killed) snapshot = std::make_unique<Snapshot>(folder_.path());
    snapshot->write(folder_.path());
    for (const std::string& file : segment_files(folder_.path())) {
      files.push_back(file);
      placed.push_back(placed_in(file, watermark_));
    }
  }

  static constexpr int kMessages = 9500;
  std::unique_ptr<Snapshot> snapshot;
  std::vector<std::string> files;
  std::vector<std::vector<Placed>> placed;

  const std::string& path() const { return folder_.path(); }

  // Opens the damaged folder; what is delivered is all that was undone but `lost`.
  void check(const std::set<uint64_t>& lost, uint64_t at_most_counted) {
    std::vector<std::string> expected;
    for (const auto& segment : placed) {
      for (const Placed& message : segment) {
        if (!message.undone || lost.contains(message.position)) continue;
        expected.push_back(Life::text(static_cast<int>(message.position)));
      }
    }
    Life life(options(path()));
    REQUIRE(life.opened);
    const bool is_all = life.take_all() == expected;  // thousands of rows say nothing to a reader
    CHECK(is_all);
    CHECK(life.found.damaged >= lost.size());
    CHECK(life.found.damaged <= at_most_counted);
    CHECK(life.intake.appended() == kMessages);
  }

 private:
  TemporaryFolder folder_;
  uint64_t watermark_ = 0;
};

// PENSTOCK_ROUNDS: more than the suite has time for.
int rounds(int least) {
  const char* text = std::getenv("PENSTOCK_ROUNDS");
  return text ? std::atoi(text) : least;
}

}  // namespace

TEST_CASE("a flipped bit anywhere in a log costs the messages that it is in", "[slow]") {
  Log log(GENERATE(true, false));
  std::mt19937 random(11);
  for (int round = 0; round < rounds(200); ++round) {
    const size_t which = random() % log.files.size();
    const std::string& file = log.files[which];
    log.snapshot->write(log.path());
    // Mostly where messages are: half of a segment is room.
    const size_t size = std::filesystem::file_size(file);
    const size_t byte =
        round % 8 == 0 ? random() % (kFirstBlock + sizeof(BlockHeader)) : random() % size;
    const int bit = static_cast<int>(random() % 8);
    flip(file, byte, bit);
    INFO(file << " byte " << byte << " bit " << bit);
    std::set<uint64_t> lost;
    for (const Placed& message : log.placed[which]) {
      if (message.undone && message.is_hit(byte)) lost.insert(message.position);
    }
    log.check(lost, lost.size());
  }
}

TEST_CASE("a flipped bit in a block's header costs nothing", "[slow]") {
  Log log(GENERATE(true, false));
  int rounds = 0;
  for (size_t which = 0; which < log.files.size(); ++which) {
    std::set<size_t> headers;
    for (const Placed& message : log.placed[which]) headers.insert(message.header);
    for (const size_t header : headers) {
      for (size_t byte = 0; byte < sizeof(BlockHeader); ++byte) {
        for (const size_t copy : {size_t{0}, kBlockHeaderCopy}) {
          INFO(log.files[which] << " header at " << header + copy << " byte " << byte);
          log.snapshot->write(log.path());
          flip(log.files[which], header + copy + byte, ++rounds % 8);
          log.check({}, 0);
        }
      }
    }
  }
}

TEST_CASE("a log that is cut short costs the messages behind the cut") {
  Log log(GENERATE(true, false));
  std::mt19937 random(12);
  for (int round = 0; round < rounds(100); ++round) {
    const size_t which = random() % log.files.size();
    const std::string& file = log.files[which];
    log.snapshot->write(log.path());
    const size_t size = round % 10 == 0 ? random() % (2 * kFirstBlock)
                                        : random() % std::filesystem::file_size(file);
    std::filesystem::resize_file(file, size);
    INFO(file << " cut to " << size);
    std::set<uint64_t> lost;
    uint64_t behind = 0;  // of a block whose index is cut nobody knows what was done
    for (const Placed& message : log.placed[which]) {
      const bool is_lost = size < PENSTOCK_PADDING || !message.is_within(size - PENSTOCK_PADDING);
      behind += is_lost;
      if (message.undone && is_lost) lost.insert(message.position);
    }
    log.check(lost, behind);
  }
}

TEST_CASE("a log that is cut short counts what is lost also after the machine's restart") {
  const TemporaryFolder folder;
  const auto durability = GENERATE(Durability::kProcess, Durability::kMachine);
  {
    Life life(options(folder.path(), durability));
    life.append_numbers(0, 900);
    CHECK(becomes([&] { return life.intake.safe_position() == 900; }));
  }
  const auto page = Checkpoint::read(folder.path());
  page->boot[0] ^= 1;
  page->crc = crc_of(*page);
  std::fstream(folder.path() + "/checkpoint", std::ios::in | std::ios::out | std::ios::binary)
      .write(reinterpret_cast<const char*>(page.get()), sizeof(*page));
  std::filesystem::resize_file(segment_files(folder.path()).front(), kFirstBlock + 64);
  Life life(options(folder.path(), durability));
  CHECK(life.found.damaged == 900);
}

TEST_CASE("a segment's file that is gone is told, and its messages are counted") {
  Log log;
  for (size_t which = 0; which < log.files.size(); ++which) {
    log.snapshot->write(log.path());
    std::filesystem::remove(log.files[which]);
    std::set<uint64_t> lost;
    for (const Placed& message : log.placed[which]) {
      if (message.undone) lost.insert(message.position);
    }
    INFO(log.files[which]);
    log.check(lost, log.placed[which].size());
  }
}

TEST_CASE("what comes behind a damaged message comes also when what is before it is done") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 1000);
    life.take_all();
    REQUIRE(life.slices.size() == 1);
  }
  const auto placed = placed_in(segment_files(folder.path()).front(), 0);
  flip(segment_files(folder.path()).front(), placed[500].bytes.back().first, 3);
  {
    Life life(options(folder.path()));
    CHECK(life.found.damaged == 1);
    life.intake.damage_reported();
    CHECK(life.take() == numbers(0, 500));
    life.intake.ranges().done(life.slices[0].range);
    CHECK(life.take() == numbers(501, 1000));
  }
  Life life(options(folder.path()));
  CHECK(life.found.damaged == 0);  // it is counted once
  CHECK(life.take_all() == numbers(501, 1000));
}

TEST_CASE("damage counts until somebody was told of it, however a start breaks off") {
  Log log;
  const uint64_t hit = 3;
  for (uint64_t i = 0, at = 0; i < hit; ++at) {
    const Placed& message = log.placed[0][at * 7];
    if (message.undone) flip(log.files[0], message.bytes.back().first, 3), ++i;
  }
  const Snapshot damaged(log.path());
  const auto start = [&] {
    const Life life(options(log.path()));
    return life.found.damaged;
  };
  const auto break_off = [&] {
    const auto folder = Folder::open(log.path(), {"pipeline", "source"});
    REQUIRE(folder);
    const auto recovery = recover(**folder);
    REQUIRE(recovery);
    CHECK(recovery->damaged == hit);
    std::set<Block*> blocks;
    for (const SliceRows& slice : recovery->slices) blocks.insert(slice.block);
    for (Block* block : blocks) delete block;
  };
  SECTION("with all places marked") { break_off(); }
  SECTION("with none") {
    break_off();
    const std::string segment = std::filesystem::path(log.files[0]).filename();
    std::ofstream(log.files[0], std::ios::binary)
        .write(damaged.files.at(segment).data(),
               static_cast<std::streamsize>(damaged.files.at(segment).size()));
  }
  SECTION("twice") {
    break_off();
    break_off();
  }
  SECTION("after its recovery") { CHECK(start() == hit); }
  std::ostringstream words;
  REQUIRE(describe_intake(log.path(), words));
  CHECK(words.str().find("damaged    3 messages") != std::string::npos);
  CHECK(start() == hit);
  {
    Life life(options(log.path()));
    CHECK(life.found.damaged == hit);
    life.intake.damage_reported();
  }
  CHECK(start() == 0);
}

TEST_CASE("messages that nothing is left of are counted once") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 3000);
  }
  const std::string file = segment_files(folder.path()).front();
  const auto placed = placed_in(file, 0);
  for (const size_t header : {size_t{0}, kBlockHeaderCopy}) {
    flip(file, placed[1500].header + header + offsetof(BlockHeader, key), 3);
  }
  const auto start = [&](bool reported) {
    Life life(options(folder.path()));
    if (reported) life.intake.damage_reported();
    return life.found.damaged;
  };
  CHECK(start(false) == 1000);
  CHECK(start(false) == 1000);
  CHECK(start(true) == 1000);
  CHECK(start(true) == 0);
  // Others, later.
  for (const size_t header : {size_t{0}, kBlockHeaderCopy}) {
    flip(file, placed[0].header + header + offsetof(BlockHeader, key), 3);
  }
  CHECK(start(true) == 1000);
  CHECK(start(true) == 0);
  Life life(options(folder.path()));
  CHECK(life.take_all() == numbers(2000, 3000));
}

TEST_CASE("a segment that cannot be opened is a reason not to begin") {
  const TemporaryFolder folder;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 5000);
  }
  const std::string file = segment_files(folder.path()).front();
  std::filesystem::rename(file, file + ".away");
  std::filesystem::create_directory(file);  // it can't be opened, not even by root
  {
    const Life life(options(folder.path()));
    CHECK_FALSE(life.opened);
    CHECK(life.error.find("its messages would be skipped") != std::string::npos);
  }
  std::filesystem::remove(file);
  std::filesystem::rename(file + ".away", file);
  Life life(options(folder.path()));
  CHECK(life.take_all() == numbers(0, 5000));
}

TEST_CASE("a payload that poses as a block is a payload") {
  const TemporaryFolder folder;
  std::vector<std::string> sent;
  std::unique_ptr<Snapshot> snapshot;
  {
    Life life(options(folder.path()));
    life.append_numbers(0, 3);
    // All that a publisher may know: the form, the number, the position. Not the key.
    for (size_t shift = 0; shift < kBlockAlignment; ++shift) {
      for (const uint64_t key : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}}) {
        BlockHeader header = {};
        header.magic = BlockHeader::kMagic;
        header.key = key;
        header.first = 4 + sent.size();
        header.topic_bytes = 64;
        header.crc = crc_of(header);
        std::string payload(shift, ' ');
        payload.append(reinterpret_cast<const char*>(&header), sizeof(header));
        REQUIRE(life.append(payload));
        sent.push_back(payload);
      }
    }
    snapshot = std::make_unique<Snapshot>(folder.path());  // as after a kill: nothing is sealed
  }
  snapshot->write(folder.path());
  Life life(options(folder.path()));
  CHECK(life.found.damaged == 0);
  std::vector<std::string> expected = numbers(0, 3);
  expected.insert(expected.end(), sent.begin(), sent.end());
  CHECK(life.take_all() == expected);
}

TEST_CASE("messages appended to a copy of a folder have other names than those of the original") {
  const TemporaryFolder original, copy;
  {
    Life life(options(original.path()));
    life.append_numbers(0, 10);
  }
  Snapshot(original.path()).write(copy.path());
  std::set<std::string> names;
  for (const std::string& path : {original.path(), copy.path()}) {
    Life life(options(path));
    life.append_numbers(10, 20);
    const auto name = [](const Slice& slice) {
      return slice.range->block->segment().intake() + " " + std::to_string(slice.range->first);
    };
    CHECK(life.take() == numbers(0, 10));
    CHECK(life.take() == numbers(10, 20));
    for (const Slice& slice : life.slices) names.insert(name(slice));
    // One folder, two runs.
    CHECK(life.slices[0].range->block->segment().intake().substr(0, 16) ==
          life.slices[1].range->block->segment().intake().substr(0, 16));
  }
  CHECK(names.size() == 3);  // what both have is the same messages
}
